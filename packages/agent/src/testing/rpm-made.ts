/** rpm's databases, for machines that tests make up. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Test } from "tap";

export interface MadeRpm {
  readonly name?: string;
  readonly version?: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly architecture?: string;
  readonly vendor?: string;
  readonly size?: number;
  readonly longSize?: bigint;
  /** Seconds since 1970. */
  readonly installedAt?: number;
  readonly sourceRpm?: string;
  /** Bytes of file lists and the like that stand before the source package and the date. */
  readonly filler?: number;
}

const int32 = 4;
const int64 = 5;
const string = 6;
const binary = 7;

/** Entries in the order of their tags, as rpm has them; the date, which is no part of the package, behind them. */
export function rpmHeader(made: MadeRpm): Buffer {
  const text = (value: string | undefined) => value && Buffer.from(`${value}\0`);
  const number = (value: number | undefined) => (value === undefined ? undefined : wordOf(value));
  const entries = [
    [1000, string, text(made.name)],
    [1001, string, text(made.version)],
    [1002, string, text(made.release)],
    [1003, int32, number(made.epoch)],
    [1009, int32, number(made.size)],
    [1011, string, text(made.vendor)],
    [1022, string, text(made.architecture)],
    [1027, binary, made.filler && Buffer.alloc(made.filler, 0xa5)],
    [1044, string, text(made.sourceRpm)],
    [5009, int64, made.longSize === undefined ? undefined : longOf(made.longSize)],
    [1008, int32, number(made.installedAt)],
  ] as const;
  const index: Buffer[] = [];
  const values: Buffer[] = [];
  let offset = 0;
  for (const [tag, type, value] of entries) {
    if (!value) continue;
    index.push(Buffer.concat([tag, type, offset, type === binary ? value.length : 1].map(wordOf)));
    values.push(value);
    offset += value.length;
  }
  return Buffer.concat([wordOf(index.length), wordOf(offset), ...index, ...values]);
}

/** `rpmdb.sqlite`, as rpm declares it. */
export function sqliteDatabase(t: Test, packages: readonly MadeRpm[]): Buffer {
  const path = join(t.testdir(), "rpmdb.sqlite");
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)");
  const insert = database.prepare("INSERT INTO Packages (blob) VALUES (?)");
  database.exec("BEGIN");
  for (const made of packages) insert.run(rpmHeader(made));
  database.exec("COMMIT");
  database.close();
  return readFileSync(path);
}

/** `Packages.db`: one page of slots, then the blobs. */
export function ndbDatabase(packages: readonly MadeRpm[]): Buffer {
  const slots = [Buffer.from("RpmP"), ...[0, 7, 1, packages.length + 1, 0, 0, 0].map(littleWordOf)];
  const blobs: Buffer[] = [];
  let block = 4_096 / 16;
  packages.forEach((made, index) => {
    const blob = rpmHeader(made);
    const whole = Buffer.alloc(Math.ceil((16 + blob.length + 12) / 16) * 16);
    Buffer.concat([Buffer.from("BlbS"), ...[index + 1, 7, blob.length].map(littleWordOf), blob]).copy(whole);
    slots.push(Buffer.from("Slot"), ...[index + 1, block, whole.length / 16].map(littleWordOf));
    blobs.push(whole);
    block += whole.length / 16;
  });
  for (let free = packages.length + 2; free < 256; free++)
    slots.push(Buffer.from("Slot"), ...[0, 0, 0].map(littleWordOf));
  return Buffer.concat([...slots, ...blobs]);
}

function littleWordOf(value: number): Buffer {
  return wordOf(value).reverse();
}

function wordOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function longOf(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
