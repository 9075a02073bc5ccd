/** Rows of installations that nobody enrolled, for tests of the store alone. */
import { sql } from "kysely";
import type { Write } from "../store/kinds.ts";
import { defineWrite, type QuickCheckIns, type Store } from "../store/store.ts";

/** Runs one statement. */
export const statement = defineWrite({
  name: "statement",
  run: async (transaction, text: string): Promise<void> => {
    await sql.raw(text).execute(transaction);
  },
});

const token =
  "insert into enrolment_tokens (id, hash, group_name, ownership, wishes, uses, used, per_hour, local, created_at, created_by, expires_at) values (1, x'00', 'g', 'organisation', '[]', 1, 0, 1, 0, 0, 'a', 0)";
const device = (ordinal: number) =>
  `insert into devices (ordinal, id, group_name, ownership, first_seen_at, last_seen_at, summary, sort_name) values (${ordinal}, 'dev_${ordinal}', 'g', 'organisation', 0, 0, '{}', '')`;
const installation = (ordinal: number) =>
  `insert into installations (ordinal, id, device, key, token, enrolled_at, applications, counter, state_digest, accepts_digest, consent_number, grants) values (${ordinal}, 'ins_${ordinal}', ${ordinal}, 'k${ordinal}', 1, 0, '[]', 0, '', '', 1, '[]')`;

/** For an empty store: installations with these ordinals, on devices with the same. */
export const bareInstallations = (ordinals: readonly number[]): readonly Write<void>[] =>
  [token, ...ordinals.map(device), ...ordinals.map(installation)].map(statement);

/** Takes an installation and its device away. */
export const goneInstallation = (ordinal: number): readonly Write<void>[] =>
  [
    `delete from installations where ordinal = ${ordinal}`,
    `delete from devices where ordinal = ${ordinal}`,
  ].map(statement);

export function quickOf({ quick }: Store): QuickCheckIns {
  if (!quick) throw new Error("a store on SQLite has quick check-ins");
  return quick;
}
