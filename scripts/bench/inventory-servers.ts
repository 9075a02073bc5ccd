/** What tells and keeps inventories: servers on a file or on a PostgreSQL of their own, and who keeps them as rows there. */
import { PostgresServer, withoutPostgres } from "../../packages/ingest/src/testing/postgres.ts";
import { BareRows } from "./bare-rows.ts";
import type { Surroundings } from "./bench.ts";
import { type RollcallServer, startRollcall } from "./servers.ts";

export interface InventoryServers {
  /** On PostgreSQL a second one, with the same keys. */
  readonly servers: readonly RollcallServer[];
  readonly rows: BareRows;
  /** The processes of the database, where it is none of the server's. */
  readonly databasePids: readonly number[];
}

export async function startServers(surroundings: Surroundings): Promise<InventoryServers> {
  if (surroundings.database === "sqlite") {
    const servers = [await startRollcall(surroundings)];
    return { servers, rows: new BareRows(surroundings), databasePids: [] };
  }
  if (withoutPostgres !== false) throw new Error(withoutPostgres);
  // Beside the bench's own folder, which nobody else may pass through.
  const place = process.env.TMPDIR ?? "/var/tmp";
  const postgres = await PostgresServer.begin({ fsync: "on" }, place);
  surroundings.atEnd(() => postgres.end());
  const config = { "database.url": await postgres.database() };
  const first = await startRollcall(surroundings, config);
  const second = await startRollcall(surroundings, config, "second", "data");
  const behind = { url: await postgres.database(), pid: postgres.pid };
  return {
    servers: [first, second],
    rows: new BareRows(surroundings, behind),
    databasePids: [postgres.pid],
  };
}
