/** PostgreSQL crashes, servers are cut off from it: in the middle of load, between real processes. */
import t from "tap";
import { PostgresServer, withoutPostgres } from "../testing/postgres.ts";
import { demandAll, each, moreFrom, size, twoSides } from "../testing/two-sides.ts";

t.test("servers on a PostgreSQL that fails", { skip: withoutPostgres }, async (t) => {
  const postgres = await PostgresServer.begin();
  const sides = await twoSides(t, postgres);
  const [one, other] = sides;

  await t.test("go on by themselves when it crashes in the middle of load and is there again", async (t) => {
    await moreFrom(sides);
    await postgres.stop();
    await each(sides, ({ fleet }) => fleet.isPutOff());
    await postgres.start();
    await moreFrom(sides);
    await demandAll(t, sides);
  });

  await t.test("put off what they are asked while they are cut off, and hold up nobody else", async (t) => {
    await moreFrom(sides);
    one.wire.cut();
    await one.fleet.isPutOff();
    await other.fleet.more(size);
    const paths = ["/readyz", "/api/v1/devices", "/api/v1/software"];
    const asked = await Promise.all(paths.map((path) => one.server.admin("GET", path)));
    t.same(
      asked.map(({ status }) => status),
      [503, 503, 503],
    );
    other.wire.cut();
    await other.fleet.isPutOff();
    for (const { wire } of sides) wire.mend();
    await moreFrom(sides);
    await demandAll(t, sides);
  });
  for (const { fleet } of sides) await fleet.rest();
});
