/** A backup of a server on PostgreSQL is that of any other: of one moment, whole or refused, and what was deleted since stays deleted. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import t, { type Test } from "tap";
import { connect } from "../store/postgres-dialect.ts";
import { jsonLines, runHere } from "../testing/command.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { postgresDatabase, withoutPostgres } from "../testing/postgres.ts";
import { TestServer } from "../testing/test-server.ts";
import { newBackupKey } from "./backup-keys.ts";

const devicesOf = async (server: TestServer) =>
  (await new Inventory(server).devices({ fresh: "true" })).items.map(({ id, hostname }) => [id, hostname]);

t.test("backups of PostgreSQL", { skip: withoutPostgres }, async (t) => {
  const folder = t.testdir({});
  const place = (name: string) => join(folder, name);
  const url = await postgresDatabase();
  const server = await TestServer.start(undefined, { database: url });
  t.teardown(() => rmSync(server.directory, { recursive: true, force: true }));
  const [ada, bob] = [await told(server, { hostname: "ada" }), await told(server, { hostname: "bob" })];
  const { pem, publicKey } = newBackupKey();
  writeFileSync(place("key.pem"), pem);
  const backup = async (name: string, ...more: string[]) => {
    const args = ["backup", place(name), "--data", server.directory, "--database", url, "--json"];
    return jsonLines((await runHere([...args, ...more])).stdout);
  };
  const restore = (name: string, directory: string, database: string, ...more: string[]) =>
    runHere(["restore", place(name), "--data", directory, "--database", database, "--json", ...more]);
  const opened = async (t: Test, directory: string, database?: string) => {
    const restored = await TestServer.start(directory, database === undefined ? {} : { database });
    t.teardown(() => restored.stop());
    return restored;
  };

  let done = false;
  const busy = (async () => {
    let checkedIn = 0;
    while (!done && (await ada.checkIn()).status === 200) checkedIn++;
    return checkedIn;
  })();
  const before = await devicesOf(server);
  const made = await backup("sealed", "--encrypt-to", publicKey, "--with-keys");
  done = true;
  t.ok((await busy) > 0, "devices check in meanwhile");
  t.match(made, [{ server: server.id, rows: { devices: 2 }, encryptedTo: publicKey }]);
  t.match(await backup("plain"), [{ rows: { devices: 2 }, encryptedTo: null }]);
  await server.admin("DELETE", `/api/v1/devices/${bob.device}`);
  await told(server, { hostname: "eve" });
  await server.stop();

  await t.test(
    "are restored into another PostgreSQL, where what was deleted since is deleted again",
    async (t) => {
      const target = await postgresDatabase();
      t.match(await restore("plain", server.directory, target), { code: 0 });
      const restored = await opened(t, server.directory, target);
      t.same(await devicesOf(restored), [[ada.device, "ada"]]);
      const { installation } = bob;
      Object.assign(bob, { url: restored.url });
      const asked = await bob.prove("session", "/v1/sessions", { installation }, installation);
      t.equal(outcomeOf(asked), "410 device-deleted");
      t.equal(outcomeOf(await Object.assign(ada, { url: restored.url }).checkIn()), "200");
    },
  );

  await t.test("are restored into a file, too, with the keys", async (t) => {
    const directory = mkdtempSync(place("file-"));
    const args = ["restore", place("sealed"), "--data", directory, "--key", place("key.pem")];
    t.match(await runHere(args), { code: 0, stdout: /holds 2 devices/ });
    t.same(await devicesOf(await opened(t, directory)), before);
  });

  await t.test(
    "are refused where they are cut off, and where the target is not empty, which stay as they were",
    async (t) => {
      const bytes = readFileSync(place("plain"));
      writeFileSync(place("cut"), bytes.subarray(0, bytes.length - 20));
      const target = await postgresDatabase();
      t.match(await restore("cut", server.directory, target), {
        code: 1,
        stderr: /not restored, and nothing was changed/,
      });
      t.match(await restore("plain", server.directory, url), { code: 1, stderr: /the target is not empty/ });
      const empty = connect(target, { max: 1 });
      t.teardown(() => empty.destroy());
      t.same(
        (await sql`select 1 from pg_tables where schemaname = current_schema()`.execute(empty)).rows,
        [],
      );
      t.match(await runHere(["backup", place("none"), "--data", server.directory, "--database", target]), {
        code: 1,
        stderr: /was never served/,
      });
      t.match(await runHere(["backup", place("none"), "--data", server.directory]), {
        code: 1,
        stderr: /is in postgres:.*--database/,
      });
    },
  );
});
