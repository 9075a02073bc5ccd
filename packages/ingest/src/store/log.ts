/**
 * The log: what every transaction changed, in its own rows and in order, for those that follow it. A transaction that
 * changes what a device is found by enters the device's ordinal; nothing but the number of an entry tells how far
 * somebody has read.
 */
import type { Database } from "better-sqlite3";
import { type MovedDevices, movedBy } from "./moved-devices.ts";

/** All entries of this server up to this number. */
export interface LogPosition {
  readonly server: number;
  readonly seq: number;
}

/** What one transaction changed: ordinals of the devices that are to be read again, each once. */
export interface LogEntry {
  readonly dirty: readonly number[];
  readonly position: LogPosition;
}

/** What the log still has: entries after `oldest`, up to and with `newest`, for each server. */
export interface LogReach {
  readonly oldest: readonly LogPosition[];
  readonly newest: readonly LogPosition[];
}

const wordBytes = 4;

/** Ordinals as 32-bit words, little-endian. */
export function encodeDirty(dirty: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(dirty.length * wordBytes);
  for (const [index, ordinal] of dirty.entries()) bytes.writeUInt32LE(ordinal, index * wordBytes);
  return bytes;
}

export function decodeDirty(body: Uint8Array): number[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (bytes.length % wordBytes !== 0) throw new Error(`an entry of the log has ${bytes.length} bytes`);
  return Array.from({ length: bytes.length / wordBytes }, (_, index) =>
    bytes.readUInt32LE(index * wordBytes),
  );
}

/** By table: what of its rows a device is found by; all columns where none is named. In SQL that every engine takes. */
export const foundBy = {
  devices: {
    columns: ["group_name", "sort_name", "merge"],
    devices: (row: string) => `select ${row}.ordinal`,
  },
  installations: { columns: ["device"], devices: (row: string) => `select ${row}.device` },
  records: { columns: null, devices: (row: string) => ofInstallation(row) },
  countries: { columns: null, devices: (row: string) => ofInstallation(row) },
} as const;

const ofInstallation = (row: string) =>
  `select device from installations where ordinal = ${row}.installation`;

/** The rows that a statement takes away and brings. */
export const rowsOf = { insert: ["new"], update: ["old", "new"], delete: ["old"] } as const;

/** What of a table's rows is noted: by changes of which columns (all where none is named), and whose. */
interface NotedRows {
  readonly columns: readonly string[] | null;
  devices(row: string): string;
}

/**
 * Notes in a table of this connection alone which devices its statements change; what is rolled back is not in it. By
 * triggers, so that no statement can forget to. Tells them, each once.
 */
export function noteRows(
  database: Database,
  name: "dirty" | "moved" | "changed",
  by: Readonly<Record<string, NotedRows>>,
): () => number[] {
  // In memory: a full disk must not cost more than the commit that it does not take.
  database.pragma("temp_store = MEMORY");
  database.exec(`create temp table ${name} (device integer primary key)`);
  for (const [table, { columns, devices }] of Object.entries(by))
    for (const [did, rows] of Object.entries(rowsOf)) {
      const of = did === "update" && columns ? ` of ${columns.join(", ")}` : "";
      // Not `or ignore`: an upsert's own way with conflicts would take its place.
      const notes = rows
        .map((row) => `insert into ${name} ${devices(row)} except select device from ${name};`)
        .join(" ");
      database.exec(
        `create temp trigger ${name}_${table}_${did} after ${did}${of} on main.${table} begin ${notes} end`,
      );
    }
  const noted = database.prepare<[], number>(`select device from temp.${name}`).pluck();
  const none = database.prepare(`delete from temp.${name}`);
  return () => {
    const devices = noted.all();
    if (devices.length > 0) none.run();
    return devices;
  };
}

/** The log as those that follow it read it, each some entries at a time. */
export class LogReader {
  readonly #ends: () => { readonly server: number; readonly first: number; readonly last: number }[];
  readonly #after: (
    position: LogPosition,
    most: number,
  ) => { readonly seq: number; readonly body: Uint8Array }[];

  constructor(database: Database) {
    const ends = database.prepare<[], { server: number; first: number; last: number }>(
      "select server, min(seq) as first, max(seq) as last from log group by server order by server",
    );
    this.#ends = () => ends.all();
    const after = database.prepare<[number, number, number], { seq: number; body: Uint8Array }>(
      "select seq, body from log where server = ? and seq > ? order by seq limit ?",
    );
    this.#after = ({ server, seq }, most) => after.all(server, seq, most);
  }

  reach(): LogReach {
    const ends = this.#ends();
    return {
      oldest: ends.map(({ server, first }) => ({ server, seq: first - 1 })),
      newest: ends.map(({ server, last }) => ({ server, seq: last })),
    };
  }

  /** The first entries behind a position, `most` of them. */
  after(position: LogPosition, most: number): LogEntry[] {
    return this.#after(position, most).map(({ seq, body }) => ({
      dirty: decodeDirty(body),
      position: { server: position.server, seq },
    }));
  }
}

/** Entries that are removed in one transaction. */
const truncatedAtOnce = 2_000;

/** The log's side of the connection that writes, by one server number. */
export class LogWriter {
  readonly #server: number;
  #seq: number;
  readonly #takeDirty: () => number[];
  readonly #takeMoved: () => number[];
  readonly #moved: MovedDevices;
  /** By the transaction that is open. */
  #moves: readonly number[] = [];
  readonly #enter: (entry: LogEntry) => void;
  readonly #truncate: (below: LogPosition) => number;

  /** `moved` is told of every transaction, entered or not. */
  constructor(database: Database, server: number, moved: MovedDevices) {
    this.#takeDirty = noteRows(database, "dirty", foundBy);
    this.#takeMoved = noteRows(database, "moved", movedBy);
    this.#moved = moved;
    this.#server = server;
    const newest = database
      .prepare<[number], number | null>("select max(seq) from log where server = ?")
      .pluck();
    this.#seq = newest.get(server) ?? 0;
    const insert = database.prepare(
      "insert into log (server, seq, at, body) values (?, ?, cast(unixepoch('subsec') * 1000 as integer), ?)",
    );
    this.#enter = ({ dirty: devices, position: { seq } }) => insert.run(server, seq, encodeDirty(devices));
    const remove = database.prepare(
      "delete from log where server = ? and seq < min(?, (select min(seq) from log where server = ?) + ?)",
    );
    this.#truncate = ({ server: of, seq }) => remove.run(of, seq, of, truncatedAtOnce).changes;
  }

  /** Enters what the open transaction changed; null where nobody has to know. Numbers follow each other without a gap. */
  enter(): LogEntry | null {
    this.#moves = this.#takeMoved();
    const dirty = this.#takeDirty();
    if (dirty.length === 0) return null;
    const entry = { dirty, position: { server: this.#server, seq: this.#seq + 1 } };
    this.#enter(entry);
    return entry;
  }

  /** The transaction was committed, with its entry where it has one. */
  entered(entry: LogEntry | null): void {
    this.#moved.mark(this.#moves);
    if (entry) this.#seq = entry.position.seq;
  }

  /**
   * Removes the first entries before a position, which everybody has read, and tells how many; never the last of all,
   * which tells the number.
   */
  truncate(before: LogPosition): number {
    return this.#truncate({ ...before, seq: Math.min(before.seq, this.#seq) });
  }
}
