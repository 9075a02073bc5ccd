/** Two real servers on one PostgreSQL, each behind a wire that can be cut, under load. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { devicePage } from "../inventory/answers.ts";
import { outcomeOf } from "./outcome.ts";
import type { PostgresServer } from "./postgres.ts";
import { ServerProcess } from "./server-process.ts";
import { SeverableWire } from "./severable-wire.ts";
import { SteadyFleet } from "./steady-fleet.ts";

/** Devices of each server. */
export const size = 3;

/** A server behind a wire to its database, and the devices that speak to it. */
export interface Side {
  readonly server: ServerProcess;
  readonly wire: SeverableWire;
  readonly fleet: SteadyFleet;
}

/** Two servers on one database, each with a wire of its own to it. */
export async function twoSides(t: Test, postgres: PostgresServer): Promise<readonly [Side, Side]> {
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

export const each = (sides: readonly Side[], work: (side: Side) => Promise<unknown>) =>
  Promise.all(sides.map(work));

export const moreFrom = (sides: readonly Side[]) => each(sides, ({ fleet }) => fleet.more(size));

/** The names of all devices, from a server that may have to find its way back to the database first. */
async function found(server: ServerProcess): Promise<(string | null)[]> {
  for (;;) {
    const reply = await server.admin("GET", "/api/v1/devices?fresh=true&limit=1000");
    if (reply.status === 200) return devicePage.parse(reply.body).items.map(({ hostname }) => hostname);
    if (reply.status !== 503) throw new Error(outcomeOf(reply));
  }
}

/** Every server finds every device as it was acknowledged last, whoever acknowledged it; then they go on. */
export async function demandAll(t: Test, sides: readonly Side[]): Promise<void> {
  const names = (await Promise.all(sides.map(({ fleet }) => fleet.rest()))).flat().sort();
  for (const { server } of sides) t.same((await found(server)).sort(), names);
  for (const { fleet } of sides) fleet.goOn();
}
