// What inventories are measured against: better-sqlite3 and nothing else, which writes packages as rows with the two
// indexes that questions need, 100 devices in one transaction, as durable as Rollcall. Plain JavaScript.
import SqliteDatabase from "better-sqlite3";

const [file = ""] = process.argv.slice(2);
const devicesAtOnce = 100;

const database = new SqliteDatabase(file);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec(`
  create table software (device integer not null, name text not null, version text not null);
  create index software_of_device on software (device);
  create index software_by_name on software (name, version);
`);
const insert = database.prepare("insert into software (device, name, version) values (?, ?, ?)");
const update = database.prepare("update software set version = ? where device = ? and name = ?");
const select = database.prepare("select name, version from software where device = ?");

/** @typedef {{ device: number, rows: [string, string][] }} Device */

/** @type {Record<string, (device: Device) => void>} */
const writers = {
  first: ({ device, rows }) => {
    for (const [name, version] of rows) insert.run(device, name, version);
  },
  changed: ({ device, rows }) => {
    for (const [name, version] of rows) update.run(version, device, name);
  },
  // Whoever keeps rows has to look at them to find that nothing changed.
  same: ({ device }) => void select.all(device),
};

process.on("message", (/** @type {{ kind: string, devices: Device[] }} */ { kind, devices }) => {
  const write = writers[kind] ?? (() => undefined);
  const began = performance.now();
  for (let at = 0; at < devices.length; at += devicesAtOnce)
    database.transaction(() => devices.slice(at, at + devicesAtOnce).forEach(write))();
  process.send?.({ seconds: (performance.now() - began) / 1_000 });
});
process.on("disconnect", () => process.exit());
