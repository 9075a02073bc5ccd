/** A standby takes the place of a PostgreSQL in the middle of load, between real processes. */
import t from "tap";
import { PostgresServer, withoutPostgres } from "../testing/postgres.ts";
import { demandAll, each, moreFrom, size, twoSides } from "../testing/two-sides.ts";

t.test(
  "servers lose nothing when another PostgreSQL takes their one's place at the same address without a word",
  { skip: withoutPostgres },
  async (t) => {
    const postgres = await PostgresServer.begin();
    const sides = await twoSides(t, postgres);
    const standby = await postgres.standby();
    await moreFrom(sides);
    for (const { wire } of sides) wire.cut();
    await standby.promote();
    for (const { wire } of sides) wire.leadTo(standby.port);
    // Those on their way when it was cut count as well.
    await each(sides, ({ fleet }) => fleet.more(2 * size));
    await demandAll(t, sides);
    for (const { fleet } of sides) await fleet.rest();
  },
);
