/** `rollcall migrate`, both ways: the same server with the same devices, however often it was ended. */
import { sql } from "kysely";
import t, { type Test } from "tap";
import { openForMigration } from "../store/open-for-migration.ts";
import { printedHere, runHere } from "../testing/command.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { postgresDatabase, withoutPostgres } from "../testing/postgres.ts";
import { TestServer } from "../testing/test-server.ts";

const crowd = 4;

/** A server that was stopped, with devices, of which the last was deleted. */
async function stopped(t: Test) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const devices = await Promise.all(Array.from({ length: crowd }, () => server.device()));
  for (const [index, device] of devices.entries()) {
    await device.checkedIn();
    await device.sent(machine({ hostname: `host-${index}` }));
    await device.sent(machine({ hostname: `again-${index}` }));
    // These write no row: they are among what is carried all the same.
    for (let time = 0; time < 3; time++) await device.checkedIn();
  }
  const gone = await server.device();
  await server.admin("DELETE", `/api/v1/devices/${gone.device}`);
  await server.stop();
  return { server, devices };
}

const carried = (directory: string, from: string, to: string) =>
  printedHere(["migrate", "--from", from, "--to", to, "--data", directory, "--json"]);

async function over(t: Test, directory: string, database?: string) {
  const server = await TestServer.start(directory, database === undefined ? {} : { database });
  t.teardown(() => server.stop());
  return server;
}

const found = async (server: TestServer) =>
  (await new Inventory(server).devices({ fresh: "true", limit: 100 })).items
    .map(({ id, hostname }) => `${id} ${hostname}`)
    .sort();

t.test("migrate", { skip: withoutPostgres }, async (t) => {
  t.test("carries a server to PostgreSQL and back, where devices go on as they were", async (t) => {
    const { server, devices } = await stopped(t);
    const url = await postgresDatabase();
    const there = await carried(server.directory, "sqlite", url);
    const postgres = await over(t, server.directory, url);
    const expected = devices.map(({ device }, index) => `${device} again-${index}`).sort();
    t.same(await found(postgres), expected);
    for (const device of devices) {
      device.url = postgres.url;
      const lower = device.checkInBody({ counter: device.counter - 1 });
      device.counter--;
      t.equal(outcomeOf(await device.checkIn(lower)), "400 counter-late");
      t.equal(outcomeOf(await device.checkIn()), "200");
    }
    const next = await postgres.device();
    await postgres.stop();

    const second = t.testdir({});
    await carried(second, url, "sqlite").then((back) => t.not(back, there, "devices checked in since"));
    t.same(
      (await carriedOrdinals(`${second}/rollcall.db`)).slice(-2),
      [crowd, crowd + 2],
      `the number of the deleted device was not given again to ${next.device}`,
    );
  });

  t.test("goes on where it was ended, and no server uses what is not whole", async (t) => {
    const { server } = await stopped(t);
    const url = await postgresDatabase();
    const whole = await carried(server.directory, "sqlite", url);
    const target = await postgresDatabase();
    const database = await openForMigration(target);
    for (const statement of [
      "create function late() returns trigger language plpgsql as $$ begin raise 'ended'; end $$",
      "create trigger late before insert on installations for each row execute function late()",
    ])
      await sql.raw(statement).execute(database);
    await database.destroy();
    t.match(await runHere(["migrate", "--from", "sqlite", "--to", target, "--data", server.directory]), {
      code: 1,
      stderr: /ended/,
    });
    await t.rejects(TestServer.start(server.directory, { database: target }), { message: /is not whole/ });
    const again = await openForMigration(target);
    await sql.raw("drop function late() cascade").execute(again);
    await again.destroy();
    t.equal(await carried(server.directory, "sqlite", target), whole);
  });

  t.test("refuses a database that holds something, or that a server uses", async (t) => {
    const { server } = await stopped(t);
    const url = await postgresDatabase();
    await carried(server.directory, "sqlite", url);
    const into = (directory: string) =>
      runHere(["migrate", "--from", "sqlite", "--to", url, "--data", directory]);
    t.match(await into(server.directory), { code: 1, stderr: /the target is not empty/ });
    const running = await over(t, server.directory, url);
    t.match(await into(running.directory), { code: 1, stderr: /in use by another rollcall process/ });
    t.match(await into(t.testdir({})), { code: 1, stderr: /a server uses postgres:/ });
  });
});

async function carriedOrdinals(file: string): Promise<number[]> {
  const database = await openForMigration(file);
  const rows = await database.selectFrom("devices").select("ordinal").orderBy("ordinal").execute();
  await database.destroy();
  return rows.map(({ ordinal }) => ordinal);
}
