// `npm start`: this machine in an inventory within seconds, ended cleanly at any moment, going on where it stopped.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { readEnrolmentString } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { type Ended, ended, begin as program, root } from "./processes.ts";

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return join(folder, "data");
}

const script = join(root, "scripts/start.ts");
const start = (...args: string[]): ChildProcess => spawn(process.execPath, [script, ...args], { cwd: root });

/** Waits until it has said everything and the agent stays. */
async function settled(child: ChildProcess): Promise<string> {
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  let over = false;
  const end = once(child, "close").then(() => {
    over = true;
  });
  while (!said.includes("Ctrl-C ends")) {
    await Promise.race([once(child.stdout ?? child, "data"), end]);
    if (over) throw new Error(`ended instead of staying: ${said}`);
  }
  return said;
}

async function rollcall(data: string, ...args: string[]): Promise<Ended> {
  return ended(program("rollcall", [...args, "--data", data]));
}

async function deviceIds(data: string): Promise<string> {
  return (await rollcall(data, "devices", "--ids")).stdout;
}

t.test("records this machine, ends at a signal to npm, and goes on with the same device", async (t) => {
  const data = folderOf(t);
  const seen: string[] = [];
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const npm = spawn("npm", ["start", "--", "--port", "0", "--data", data], { cwd: root });
    const said = await settled(npm);
    t.match(said, hostname());
    t.match(said, /http:\/\/127\.0\.0\.1:\d+/);
    seen.push(await deviceIds(data));
    const end = once(npm, "close");
    npm.kill(signal);
    t.same(await end, [0, null], `after ${signal} to npm`);
    t.notOk(readdirSync(data).includes("rollcall.db-wal"), "the write-ahead log is brought home");
  }
  t.match(seen[0], /^dev_[a-z2-7]{26}\n$/);
  t.equal(seen[1], seen[0]);
});

t.test("ends cleanly at a signal in the middle of everything", async (t) => {
  const data = folderOf(t);
  let clean = 0;
  for (const delay of [50, 200, 400, 700, 1_000, 1_400, 1_900, 2_500]) {
    const child = start("--port", "0", "--data", data);
    const end = ended(child);
    await new Promise((resolve) => setTimeout(resolve, delay));
    child.kill(delay % 400 === 0 ? "SIGINT" : "SIGTERM");
    const { code, signal, stderr } = await end;
    // Before its handlers are there, the signal itself ends the program; nothing has begun then.
    if (signal === null) t.equal(code, 0, `after ${delay} ms: ${stderr}`);
    clean += signal === null ? 1 : 0;
  }
  t.ok(clean >= 3, `${clean} of 8 were far enough to end by themselves`);
  const child = start("--port", "0", "--data", data);
  await settled(child);
  t.match(await deviceIds(data), /^dev_[a-z2-7]{26}\n$/, "one device, whatever was interrupted");
  const end = once(child, "close");
  child.kill("SIGTERM");
  t.same(await end, [0, null]);
});

t.test("ends when its port is taken, and says so", async (t) => {
  const data = folderOf(t);
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const { code, stderr } = await ended(start("--port", String(port), "--data", data));
  taken.close();
  t.match({ code, stderr }, { code: 1, stderr: new RegExp(`${port}`) });
});

t.test("refuses what it does not understand", async (t) => {
  const data = folderOf(t);
  t.match(await ended(start("--data", data, "--listen", "8080")), { code: 2, stderr: /--listen takes/ });
  t.match(await ended(start("--data", data, "--public-url", "http://r.example")), {
    code: 2,
    stderr: /--public-url takes https/,
  });
  t.match(await ended(start("--frobnicate")), { code: 2, stderr: /Usage/ });
  t.match(await ended(start("--data", data, "--port", "many")), { code: 2 });
  t.throws(() => readdirSync(data), { code: "ENOENT" });
});

t.test("opens the server to other machines with TLS when it is told by which address", async (t) => {
  const data = folderOf(t);
  const publicUrl = "https://rollcall.example:8443";
  const child = start("--data", data, "--listen", "127.0.0.1:0", "--public-url", publicUrl);
  const said = await settled(child);
  t.match(said, `Rollcall runs on ${publicUrl}`);
  t.match(said, /enrolment-token create .* lets another machine in/);
  const { stdout } = await rollcall(data, "enrolment-token", "create", "--quiet");
  const enrolment = readEnrolmentString(stdout);
  t.match(enrolment, { url: publicUrl, ca: /^-----BEGIN CERTIFICATE-----/ });
  const end = once(child, "close");
  child.kill("SIGTERM");
  t.same(await end, [0, null]);
});

t.test("does not offer to let others in by an address that is this machine's alone", async (t) => {
  const data = folderOf(t);
  const child = start("--data", data, "--listen", "127.0.0.1:0", "--public-url", "https://localhost:8443");
  t.notMatch(await settled(child), /another machine/);
  t.match(await rollcall(data, "enrolment-token", "create"), { code: 1, stderr: /loopback-only/ });
  const end = once(child, "close");
  child.kill("SIGTERM");
  t.same(await end, [0, null]);
});

t.test("starts, and says so, when this machine was retired or deleted on the server", async (t) => {
  const data = folderOf(t);
  const runs = async (words: RegExp, work: (id: string) => Promise<Ended>) => {
    const child = start("--port", "0", "--data", data);
    t.match(await settled(child), words);
    t.match(await work((await deviceIds(data)).trim()), { code: 0 });
    const end = once(child, "close");
    child.kill("SIGTERM");
    t.same(await end, [0, null]);
  };
  await runs(/has checked in/, (id) => rollcall(data, "device", "retire", id));
  await runs(/was retired on the server.*retire NAME --undo/s, (id) =>
    rollcall(data, "device", "delete", id, "--yes"),
  );
  await runs(/was deleted on the server.*enrolment-token create --local/s, () => rollcall(data, "devices"));
});
