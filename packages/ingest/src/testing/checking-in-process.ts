/** A process that takes check-ins and writes them back all the time, to be killed anywhere; says what it acknowledged. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setImmediate } from "node:timers/promises";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { quickOf } from "./bare-installations.ts";

/** Each counter is told as a line `ORDINAL COUNTER` once it is acknowledged; they go on where they were. */
async function checkInUntilKilled(file: string, ordinals: readonly number[]): Promise<never> {
  const writer = new URL("../writer.ts", import.meta.url);
  const store = await openSqliteStore(file, { writer });
  const quick = quickOf(store);
  const writeBack = async () => {
    for (;;) await store.scrub();
  };
  void writeBack();
  for (let turn = 0; ; turn++) {
    // Some rarely: what the log had of them is gone from it by then, and stands where it was written back.
    const due = ordinals.filter((_, index) => turn % (1 + 3 * index) === 0);
    await Promise.all(
      due.map(async (installation) => {
        const counter = (quick.current.later({ ordinal: installation, counter: 0 })?.counter ?? 0) + 1;
        const checkIn = { installation, counter, mark: counter * 7, at: Date.now(), intervalSeconds: 300 };
        const version = quick.versionOf(installation);
        if (await quick.commit({ checkIn, version })) process.stdout.write(`${installation} ${counter}\n`);
      }),
    );
    await setImmediate();
  }
}

/** Runs it until it has told so many lines, kills it, and gives the highest counter that was told, by ordinal. */
export async function killedAfter(
  file: string,
  ordinals: readonly number[],
  lines: number,
): Promise<ReadonlyMap<number, number>> {
  const args = [import.meta.filename, file, ordinals.join()];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const told = new Map<number, number>();
  let left = lines;
  for await (const line of createInterface({ input: child.stdout })) {
    const [ordinal = 0, counter = 0] = line.split(" ").map(Number);
    told.set(ordinal, counter);
    if (--left === 0) child.kill("SIGKILL");
  }
  await exited;
  return told;
}

if (import.meta.main) {
  const [, , file = "", ordinals = ""] = process.argv;
  // The test's end of the pipe closes with the test, however that ends.
  process.stdin.once("end", () => process.exit(1)).resume();
  await checkInUntilKilled(file, ordinals.split(",").map(Number));
}
