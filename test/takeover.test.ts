/** What another program of this machine gets when it takes the server's port over, and what a newer command may do to a server that runs. */
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import t from "tap";
import { ownDataDirectory } from "../packages/ingest/src/store/data-directory.ts";
import { begin, type Ended, ended, House, root } from "./processes.ts";

t.test("agents and commands of this machine tell nothing to who takes the port over", async (t) => {
  const house = await House.of(t);
  const state = ["--state", join(house.folder, "agent")];
  const agent = (...args: string[]) => ended(begin("rollcall-agent", [...args, ...state]));
  const string = await house.enrolment();
  t.match(await agent("enrol", string), { code: 0 });
  t.match(await agent("check-in"), { code: 0 });
  const { port } = new URL(house.url);
  await house.end("SIGTERM");
  const connections: string[] = [];
  const impostor = createServer((socket) => {
    connections.push(socket.remoteAddress ?? "");
    socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{}");
  });
  impostor.listen(Number(port), "127.0.0.1");
  await once(impostor, "listening");
  t.teardown(() => impostor.close());
  t.match(await agent("check-in"), { code: 4, stderr: /agent\.sock was not reached/ });
  t.match(await agent("consent", "grant", "people"), { code: /[045]/ });
  t.match(await ended(begin("rollcall-agent", ["enrol", string, "--state", join(house.folder, "new")])), {
    code: 4,
  });
  // No server runs, so this one works on the directory itself.
  t.match(await house.rollcall("devices", "--count"), { code: 0, stdout: "1\n" });
  t.same(connections, [], "nobody came to the port at all");
});

t.test("leaves nothing that another account could read or write", async (t) => {
  const house = await House.of(t);
  const agent = house.agent("agent");
  await agent.run("enrol", await house.enrolment());
  await agent.run("check-in");
  const open = [house.data, agent.state].flatMap((folder) =>
    [folder, ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))].filter(
      (path) => (statSync(path).mode & 0o077) !== 0,
    ),
  );
  t.same(open, []);
  t.ok(readdirSync(house.data).includes("rollcall.db-wal"), "while both are at work");
});

/** A preload that makes `rollcall` one of a later version: its database has one more migration. */
const later = `data:text/javascript,${encodeURIComponent(`
  const { migrations } = await import(${JSON.stringify(pathToFileURL(join(root, "packages/ingest/src/store/migrations.ts")).href)});
  migrations.push(async (database) => { await database.schema.createTable("later").addColumn("a", "text").execute(); });
`)}`;

const laterVersion = (house: House, ...args: string[]): Promise<Ended> =>
  ended(
    begin("rollcall", [...args, "--data", house.data], {
      env: { ...process.env, NODE_OPTIONS: `--import ${later}` },
    }),
  );

function versionOf(house: House): unknown {
  const database = new DatabaseSync(join(house.data, "rollcall.db"), { readOnly: true });
  try {
    return database.prepare("pragma user_version").get()?.user_version;
  } finally {
    database.close();
  }
}

t.test("a newer command is a client of the server that runs, and migrates nothing under it", async (t) => {
  const house = await House.of(t);
  const before = versionOf(house);
  t.match(await laterVersion(house, "devices", "--count"), { code: 0, stdout: "0\n" });
  t.match(await laterVersion(house, "enrolment-token", "create", "--local"), { code: 0 });
  t.equal(versionOf(house), before);
  await house.end("SIGTERM");
  t.match(await laterVersion(house, "devices", "--count"), { code: 0, stdout: "0\n" });
  t.equal(versionOf(house), Number(before) + 1, "it does so when the directory is its own");
});

t.test("a newer command ends where the directory is held by one that does not answer", async (t) => {
  const house = await House.of(t);
  await house.end("SIGTERM");
  const held = ownDataDirectory(house.data);
  t.teardown(() => held.release());
  const file = join(house.data, "rollcall.db");
  const before = [readFileSync(file), statSync(file).mtimeMs];
  const end = await laterVersion(house, "devices", "--count");
  t.match(end, {
    code: 4,
    stdout: "",
    stderr: /is in use by another rollcall process, which does not answer/,
  });
  t.same([readFileSync(file), statSync(file).mtimeMs], before);
});
