/** PostgreSQL crashes, another takes its place, servers are cut off: in the middle of load, between real processes. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { devicePage } from "../inventory/answers.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { PostgresServer, withoutPostgres } from "../testing/postgres.ts";
import { ServerProcess } from "../testing/server-process.ts";
import { SeverableWire } from "../testing/severable-wire.ts";
import { SteadyFleet } from "../testing/steady-fleet.ts";

/** Devices of each server. */
const size = 3;

/** A server behind a wire to its database, and the devices that speak to it. */
interface Side {
  readonly server: ServerProcess;
  readonly wire: SeverableWire;
  readonly fleet: SteadyFleet;
}

/** Two servers on one database, each with a wire of its own to it. */
async function twoSides(t: Test, postgres: PostgresServer): Promise<readonly [Side, Side]> {
  const { pathname } = new URL(await postgres.database());
  const folder = t.testdir({ a: {}, b: {} });
  const side = async (name: string): Promise<Side> => {
    const wire = await SeverableWire.to(postgres.port);
    t.teardown(() => wire.stop());
    const url = `postgres://postgres@127.0.0.1:${wire.port}${pathname}`;
    const server = await ServerProcess.start(join(folder, name), [], url);
    t.teardown(() => server.end("SIGKILL"));
    return { server, wire, fleet: await SteadyFleet.of(server, name, size) };
  };
  const first = await side("a");
  cpSync(join(folder, "a", "keys"), join(folder, "b", "keys"), { recursive: true });
  const sides = [first, await side("b")] as const;
  for (const { fleet } of sides) fleet.goOn();
  return sides;
}

const each = (sides: readonly Side[], work: (side: Side) => Promise<unknown>) => Promise.all(sides.map(work));

const moreFrom = (sides: readonly Side[]) => each(sides, ({ fleet }) => fleet.more(size));

/** The names of all devices, from a server that may have to find its way back to the database first. */
async function found(server: ServerProcess): Promise<(string | null)[]> {
  for (;;) {
    const reply = await server.admin("GET", "/api/v1/devices?fresh=true&limit=1000");
    if (reply.status === 200) return devicePage.parse(reply.body).items.map(({ hostname }) => hostname);
    if (reply.status !== 503) throw new Error(outcomeOf(reply));
  }
}

/** Every server finds every device as it was acknowledged last, whoever acknowledged it; then they go on. */
async function demandAll(t: Test, sides: readonly Side[]): Promise<void> {
  const names = (await Promise.all(sides.map(({ fleet }) => fleet.rest()))).flat().sort();
  for (const { server } of sides) t.same((await found(server)).sort(), names);
  for (const { fleet } of sides) fleet.goOn();
}

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

  await t.test("lose nothing when another takes its place at the same address without a word", async (t) => {
    const standby = await postgres.standby();
    await moreFrom(sides);
    for (const { wire } of sides) wire.cut();
    await standby.promote();
    for (const { wire } of sides) wire.leadTo(standby.port);
    // Those on their way when it was cut count as well.
    await each(sides, ({ fleet }) => fleet.more(2 * size));
    await demandAll(t, sides);
  });
  for (const { fleet } of sides) await fleet.rest();
});
