// What another account of the same machine gets at: no secret, no section, no effect.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { newSigningKey, writeEnrolmentString } from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { begin, House } from "./processes.ts";

const nobody = { uid: 65_534, gid: 65_534 };

/** Why there is nobody to try it as, or false. */
function whyNot(): string | false {
  if (process.getuid?.() !== 0) return "only root can act as another account";
  const tried = spawnSync(process.execPath, ["--version"], { ...nobody, cwd: "/" });
  return tried.status === 0 ? false : "another account cannot run this Node";
}

/** Runs a module's text as another account. Its environment is empty, its input open until the test ends. */
function asNobody(text: string, ...args: readonly string[]): ChildProcess {
  const node = ["--input-type=module", "--eval", text, ...args];
  return spawn(process.execPath, node, { ...nobody, cwd: "/", env: {}, stdio: ["pipe", "pipe", "inherit"] });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("its output is not piped");
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return String(line);
}

/** Tries whatever an account can try; prints what came of each as JSON. */
const snoop = `
  import { readdirSync, readFileSync, writeFileSync } from "node:fs";
  import { connect } from "node:net";
  const [data, state, url] = process.argv.slice(1);
  const outcome = (work) => { try { work(); return "done"; } catch (error) { return error.code; } };
  const reached = (path) => new Promise((resolve) => {
    const socket = connect(path, () => { socket.destroy(); resolve("done"); });
    socket.on("error", (error) => resolve(error.code));
  });
  const files = {};
  for (const directory of [data, state]) {
    files[directory] = outcome(() => readdirSync(directory));
    files[directory + "/new"] = outcome(() => writeFileSync(directory + "/new", ""));
  }
  for (const name of ["rollcall.db", "rollcall.db-wal", "requests.log", "lock", "keys/identity.key"])
    files[data + "/" + name] = outcome(() => readFileSync(data + "/" + name));
  for (const name of ["device.key", "session.json", "acknowledged.json", "installation.json", "agent.log"])
    files[state + "/" + name] = outcome(() => readFileSync(state + "/" + name));
  const sockets = {};
  for (const name of ["control.sock", "agent.sock"]) sockets[name] = await reached(data + "/" + name);
  const answers = {};
  for (const path of ["/api/v1/devices", "/api/v1/audit", "/v1/me", "/v1/me/export"])
    answers[path] = (await fetch(url + path)).status;
  let seen = "";
  for (const pid of readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)))
    for (const name of ["cmdline", "environ"])
      outcome(() => { seen += readFileSync("/proc/" + pid + "/" + name, "latin1"); });
  console.log(JSON.stringify({ files, sockets, answers, seen }));
  process.stdin.resume().once("end", () => process.exit());
`;
const snooped = z.object({
  files: z.record(z.string(), z.string()),
  sockets: z.record(z.string(), z.string()),
  answers: z.record(z.string(), z.int()),
  seen: z.string(),
});

t.test("gets at no file, no socket, no data and no secret", { skip: whyNot() }, async (t) => {
  const house = await House.of(t);
  // Nothing but the two directories' own modes stands in the way.
  chmodSync(house.folder, 0o755);
  const agent = house.agent("agent");
  const string = await house.enrolment();
  await agent.json("enrol", string);
  await agent.json("check-in");
  const running = agent.begin("run");
  t.teardown(() => running.kill("SIGKILL"));
  const child = asNobody(snoop, house.data, agent.state, house.url);
  const { files, sockets, answers, seen } = snooped.parse(JSON.parse(await firstLine(child)));
  child.stdin?.end();
  t.same([...new Set(Object.values(files))], ["EACCES"]);
  t.same(sockets, { "control.sock": "EACCES", "agent.sock": "EACCES" });
  t.same([...new Set(Object.values(answers))], [401]);
  t.match(seen, house.data, "the control: it sees the processes");
  const session = z.object({ session: z.string() }).parse(read(agent.state, "session.json")).session;
  for (const secret of [string, session, "rce_", "rcs_", "PRIVATE KEY"])
    t.notOk(seen.includes(secret), `${secret.slice(0, 8)}… stands in no argument and no environment`);
});

const read = (folder: string, name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));

t.test("gets nothing by taking the port when the server has stopped", { skip: whyNot() }, async (t) => {
  const house = await House.of(t);
  const agent = house.agent("agent");
  await agent.json("enrol", await house.enrolment());
  const { port } = new URL(house.url);
  await house.end("SIGTERM");
  const taker = asNobody(
    `
      import { createServer } from "node:net";
      let came = 0;
      const server = createServer((socket) => { came++; socket.destroy(); });
      server.listen(Number(process.argv[1]), "127.0.0.1", () => console.log("listening"));
      process.stdin.resume().once("end", () => { console.log(String(came)); process.exit(); });
    `,
    port,
  );
  t.equal(await firstLine(taker), "listening");
  t.match(await agent.run("check-in"), { code: 4, stderr: /not reached/ });
  const told = firstLine(taker);
  taker.stdin?.end();
  t.equal(await told, "0", "the agent asked nobody else");
});

t.test("does not leave an enrolment string among a process's arguments", async (t) => {
  if (process.platform !== "linux") return t.pass("arguments are read in /proc");
  const folder = mkdtempSync(join(tmpdir(), "rollcall-"));
  const socket = join(folder, "silent.sock");
  // One that never answers: the agent waits with its arguments there to be read.
  const silent = createServer().listen(socket);
  await once(silent, "listening");
  const waiting = once(silent, "connection");
  const enrolment = {
    url: `unix:${socket}`,
    server: newSigningKey().publicKey,
    token: `rce_${"A".repeat(43)}`,
  };
  const child = begin("rollcall-agent", [
    "enrol",
    writeEnrolmentString(enrolment),
    "--state",
    join(folder, "state"),
  ]);
  const [connection] = await waiting;
  t.notMatch(readFileSync(`/proc/${child.pid}/cmdline`, "latin1"), /rc1\./);
  const end = once(child, "close");
  child.kill("SIGKILL");
  await end;
  connection.destroy();
  silent.close();
  rmSync(folder, { recursive: true, force: true });
  return undefined;
});
