/** The database that wtmpdb(8) keeps in place of wtmp: one row for each login, and for each start of the machine. */
import type { PartlyRead } from "../collecting/collector.ts";
import { sqliteTable } from "./sqlite-file.ts";
import type { Login } from "./utmp.ts";

/** USER_PROCESS */
const login = 3;
/** Some years of a busy server. */
const mostLogins = 100_000;

/** The newest logins; none where there is no such table. Throws `Malformed` when it is no database. */
export function parseWtmpdb(file: PartlyRead, log: PartlyRead | undefined): Login[] {
  const rows = sqliteTable(file, log, "wtmp", (row): Login | undefined => {
    const [name, microseconds] = [row.text("user"), row.integer("login")];
    if (row.integer("type") !== login || !name || microseconds === undefined) return undefined;
    const kind = row.text("remotehost") ? ("remote" as const) : ("console" as const);
    return { account: name, kind, at: Math.floor(microseconds / 1_000) };
  });
  return rows?.values.slice(-mostLogins) ?? [];
}
