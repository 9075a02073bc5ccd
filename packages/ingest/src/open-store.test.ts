/** A server goes on with what it kept, or says where that is; it never begins anew under the same keys by a forgotten flag. */
import t from "tap";
import { postgresDatabase, withoutPostgres } from "./testing/postgres.ts";
import { TestServer } from "./testing/test-server.ts";

t.test("another store than before", { skip: withoutPostgres }, async (t) => {
  t.test("is refused without the flag that named PostgreSQL", async (t) => {
    const database = (await postgresDatabase()).replace("postgres@", "postgres:secret@");
    const server = await TestServer.start(undefined, { database });
    t.teardown(() => server.remove());
    await server.restart();
    await server.stop();
    const { host, pathname } = new URL(database);
    await t.rejects(TestServer.start(server.directory), {
      message: `${server.directory} belongs to a server whose data is in postgres://${host}${pathname}: name that with --database or database.url, or carry it here with rollcall migrate`,
    });
    await server.restart();
  });

  t.test("is refused where PostgreSQL is empty and the file is not carried there yet", async (t) => {
    const server = await TestServer.start();
    t.teardown(() => server.remove());
    await server.stop();
    await t.rejects(TestServer.start(server.directory, { database: await postgresDatabase() }), {
      message: /is empty, and .* has a database: carry it there with rollcall migrate/,
    });
    await server.restart();
  });
});
