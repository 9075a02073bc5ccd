/** Data requests: what a person asked of the organisation, which decides. */
import type { DataRequest } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { isoTime } from "../store/columns.ts";
import type { DataRequestTable, Schema } from "../store/schema.ts";

type Row = Omit<DataRequestTable, "number"> & { readonly number: number };

/** The requests that concern a device, oldest first. */
export async function requestsIn(database: Kysely<Schema>, device: number): Promise<DataRequest[]> {
  const rows = await database
    .selectFrom("data_requests")
    .selectAll()
    .where("device", "=", device)
    .orderBy("number")
    .limit(1_000)
    .execute();
  return rows.map(requestIn);
}

/** Asks for the deletion of a device. A request that is open already is not made twice. */
export async function requestDeletion(
  database: Kysely<Schema>,
  { device, at }: { readonly device: number; readonly at: number },
): Promise<DataRequest> {
  const open = await database
    .selectFrom("data_requests")
    .selectAll()
    .where("device", "=", device)
    .where("kind", "=", "deletion")
    .where("state", "=", "open")
    .executeTakeFirst();
  const request =
    open ??
    (await database
      .insertInto("data_requests")
      .values({ device, kind: "deletion", state: "open", at })
      .returningAll()
      .executeTakeFirstOrThrow());
  return requestIn(request);
}

const requestIn = ({ number, kind, state, at }: Row): DataRequest => ({
  number,
  kind,
  state,
  at: isoTime(at),
});
