/** A fleet whose enrolment over the wire would take longer than what is measured: rows copied from one that did enrol. */
import { randomBytes } from "node:crypto";
import SqliteDatabase from "better-sqlite3";
import { z } from "zod";
import { newSession } from "../../packages/ingest/src/identity/secrets.ts";
import type { SimulatedDevice } from "../../packages/ingest/src/testing/simulated-device.ts";

const rowSchema = z.record(z.string(), z.union([z.string(), z.number(), z.null(), z.instanceof(Buffer)]));
type Row = z.infer<typeof rowSchema>;

/**
 * So many devices with rows like those of this one, each with an id, a key and a session of its own, in one transaction
 * beside the server that has the file open. The index learns nothing of them.
 */
export function copiesOf(device: SimulatedDevice, count: number, file: string): readonly SimulatedDevice[] {
  const database = new SqliteDatabase(file);
  try {
    const read = (table: string, column: string, value: unknown): Row =>
      rowSchema.parse(database.prepare(`select * from ${table} where ${column} = ?`).get(value));
    const installation = read("installations", "id", device.installation);
    const record = read("devices", "ordinal", installation.device);
    const [intoDevices, intoInstallations] = [
      insertLike("devices", record),
      insertLike("installations", installation),
    ];
    const last = z.int().parse(database.prepare("select max(seq) from sqlite_sequence").pluck().get());
    const insert = {
      device: database.prepare(intoDevices),
      installation: database.prepare(intoInstallations),
    };
    return database.transaction(() =>
      Array.from({ length: count }, (_, index) => {
        const ordinal = last + 1 + index;
        const { session, hash } = newSession(ordinal);
        insert.device.run({ ...record, ordinal, id: newId("dev") });
        insert.installation.run({
          ...installation,
          ordinal,
          device: ordinal,
          id: newId("ins"),
          key: randomBytes(32).toString("base64url"),
          session_hash: hash,
        });
        return Object.assign(device.copy(), { session });
      }),
    )();
  } finally {
    database.close();
  }
}

const insertLike = (table: string, row: Row): string => {
  const columns = Object.keys(row);
  return `insert into ${table} (${columns.join(", ")}) values (${columns.map((name) => `@${name}`).join(", ")})`;
};

/** As long as the real ones. */
const newId = (prefix: string): string => `${prefix}_${randomBytes(13).toString("hex")}`;
