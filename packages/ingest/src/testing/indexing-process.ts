/** Whoever keeps an index in a process of its own, for tests that kill it, or let it run out of space. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const addressOf = (module: string): string => JSON.stringify(new URL(module, import.meta.url).href);

const program = `
  const { openTruth } = await import(${addressOf("../store/truth.ts")});
  const { IndexKeeper } = await import(${addressOf("../indexing/index-keeper.ts")});
  const { devicesFrom, readDevices } = await import(${addressOf("../indexing/device-source.ts")});
  const { writeSync } = await import("node:fs");
  const [, database, directory, work] = process.argv;
  const say = (line) => writeSync(1, line + "\\n");
  const fail = (error) => { say("failed " + (error.code ?? error.message)); process.exit(3); };
  process.once("uncaughtException", fail).once("unhandledRejection", fail);
  // The test's end of the pipe closes with the test, however that ends.
  process.stdin.once("end", () => process.exit(1)).resume();
  const { queries, log } = openTruth(database);
  const truth = {
    read: (ordinals) => readDevices(queries, ordinals),
    devicesFrom: async (ordinal, most) => {
      say("making");
      return devicesFrom(queries, ordinal, most);
    },
  };
  const keeper = await IndexKeeper.open(directory, truth, await log.reach(), fail);
  const server = 1;
  for (;;) {
    const at = keeper.position.find((each) => each.server === server) ?? { server, seq: 0 };
    const [entry] = log.after(at, 1);
    if (!entry) break;
    keeper.tell([entry]);
    await keeper.reached(entry.position);
    say("merged");
  }
  while (work === "make-anew") {
    await keeper.reindex();
    say("made");
  }
  await keeper.close();
  process.exit(0);
`;

interface Began {
  readonly database: string;
  readonly directory: string;
  /** To merge each entry of the log alone, to the end; and then to make it anew again and again. */
  readonly work: "merge" | "make-anew";
  /** No file may grow beyond so many bytes (RLIMIT_FSIZE): a disk that is full. */
  readonly fileBytes?: number;
}

export class IndexingProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor({ database, directory, work, fileBytes }: Began) {
    // What the test runner preloads ends a process at SIGXFSZ, which Node by itself ignores.
    const limit = fileBytes === undefined ? "" : `ulimit -f ${Math.ceil(fileBytes / 512)};`;
    const script = `unset NODE_OPTIONS; ${limit} exec "$0" "$@"`;
    const node = [process.execPath, "--input-type=module", "--eval", program, database, directory, work];
    const child = spawn("/bin/sh", ["-c", script, ...node], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** What it says next: `making`, `merged`, `made`, `failed CODE`; null once it has ended. */
  async line(): Promise<string | null> {
    const { value, done } = await this.#lines.next();
    return done ? null : value;
  }

  /** Everything that it says until it ends by itself. */
  async rest(): Promise<string[]> {
    const said: string[] = [];
    for (let line = await this.line(); line !== null; line = await this.line()) said.push(line);
    return said;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}
