// Section `software.firmware`: what fwupd's history says was installed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import t, { type Test } from "tap";
import { collected } from "../testing/collected.ts";

const path = "/var/lib/fwupd/pending.db";

type Row = readonly [
  name: string | null,
  plugin: string,
  state: number,
  from: string,
  to: string,
  at: number,
];

/** fwupd's table, with columns that later versions added behind it. */
function historyOf(t: Test, ...rows: readonly Row[]): Buffer {
  const file = join(t.testdir(), "pending.db");
  const database = new DatabaseSync(file);
  database.exec(`CREATE TABLE IF NOT EXISTS schema (created INTEGER, version INTEGER DEFAULT 0);
    CREATE TABLE IF NOT EXISTS history (device_id TEXT, update_state INTEGER DEFAULT 0, update_error TEXT,
      filename TEXT, display_name TEXT, plugin TEXT, device_created INTEGER DEFAULT 0,
      device_modified INTEGER DEFAULT 0, checksum TEXT DEFAULT NULL, flags INTEGER DEFAULT 0,
      metadata TEXT DEFAULT NULL, guid_default TEXT DEFAULT NULL, version_old TEXT, version_new TEXT);
    ALTER TABLE history ADD COLUMN checksum_device TEXT DEFAULT NULL;`);
  const insert = database.prepare(
    "INSERT INTO history (display_name, plugin, update_state, version_old, version_new, device_modified) VALUES (?, ?, ?, ?, ?, ?)",
  );
  for (const row of rows) insert.run(...row);
  database.close();
  return readFileSync(file);
}

t.test("tells what was installed, of each device the last", async (t) => {
  const database = historyOf(
    t,
    ["System Firmware", "uefi_capsule", 2, "0.1.32", "0.1.33", 1_709_210_096],
    ["System Firmware", "uefi_capsule", 2, "0.1.31", "0.1.32", 1_700_000_000],
    ["Thunderbolt Dock", "thunderbolt", 3, "20", "21", 1_700_000_000],
    [null, "nvme", 2, "1", "2", 1_700_000_000],
    ["SSD", "nvme", 2, "", "2B6Q", 0],
  );
  t.same(await collected(t, "software.firmware", { [path]: database }), {
    status: "ok",
    diagnostics: [],
    readings: {},
    document: {
      packages: [
        { name: "SSD", version: "2B6Q", plugin: "nvme" },
        {
          name: "System Firmware",
          version: "0.1.33",
          previous: "0.1.32",
          plugin: "uefi_capsule",
          installedAt: "2024-02-29T12:34:56Z",
        },
      ],
    },
  });
});

t.test("tells nothing there from a history that cannot be read", async (t) => {
  t.match(await collected(t, "software.firmware", {}), { status: "none", diagnostics: [] });
  t.match(await collected(t, "software.firmware", { [path]: historyOf(t) }), { status: "none" });
  const broken = await collected(t, "software.firmware", { [path]: "not a database" });
  t.match(broken, { status: "failed", diagnostics: [`${path}: is no SQLite database`] });
});
