/** A backup is taken beside a server that goes on, which waits for nothing; it replaces nothing. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { holdLock } from "../store/lock-file.ts";
import { TestServer } from "../testing/test-server.ts";
import { restoreBackup } from "./restore.ts";
import { writeBackup } from "./write-backup.ts";

const now = Date.now;
const options = { recipient: null, withKeys: false, now } as const;

t.test("has one moment of a database that is written to all the while, and holds up no commit", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const devices = await Promise.all(Array.from({ length: 4 }, () => server.device()));
  const file = join(t.testdir({}), "backup");
  let done = false;
  let checkedIn = 0;
  const busy = devices.map(async (device) => {
    while (!done) {
      t.equal((await device.checkIn()).status, 200);
      checkedIn++;
    }
  });
  const { rows } = await writeBackup(server.directory, { ...options, file });
  done = true;
  await Promise.all(busy);
  t.equal(rows.devices, 4);
  t.ok(checkedIn > 4, `${checkedIn} check-ins meanwhile`);
  await server.stop();
  const restored = await restoreBackup(server.directory, file, null);
  t.same(restored.rows, rows);
  await server.restart();
});

t.test("replaces nothing, and leaves nothing where it fails", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const folder = t.testdir({ there: "x" });
  await t.rejects(writeBackup(server.directory, { ...options, file: join(folder, "there") }), {
    message: /is there already/,
  });
  await t.rejects(writeBackup(server.directory, { ...options, file: join(folder, "no", "backup") }));
  await t.rejects(writeBackup(folder, { ...options, file: join(folder, "other") }));
  t.same(
    readdirSync(folder).filter((name) => name !== "backup.lock"),
    ["there"],
  );
  t.notOk(existsSync(join(server.directory, "backup.tmp")));
});

t.test("is made once at a time, and what a killed one left goes with the server's next look", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const file = join(mkdtempSync(join(t.testdir({}), "to-")), "backup");
  const letGo = holdLock(join(server.directory, "backup.lock"));
  mkdirSync(join(server.directory, "backup.tmp"));
  writeFileSync(join(server.directory, "backup.tmp", "rollcall.db"), "a copy");
  await t.rejects(writeBackup(server.directory, { ...options, file }), { message: /another backup/ });
  await server.tend();
  t.ok(existsSync(join(server.directory, "backup.tmp")), "somebody is at work on it");
  letGo?.();
  await server.tend();
  t.notOk(existsSync(join(server.directory, "backup.tmp")));
});
