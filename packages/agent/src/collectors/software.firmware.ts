/**
 * Collector of section `software.firmware`: what fwupd installed, by the history that it keeps. Its list of all
 * devices exists only while its daemon runs, which takes seconds to start, wakes hardware and is not asked.
 */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { credibleInstant } from "../linux/installed-at.ts";
import { Malformed } from "../linux/partly-read.ts";
import type { Salvaged } from "../linux/salvaged.ts";
import { sqliteTable } from "../linux/sqlite-file.ts";
import type { SqliteRow } from "../linux/sqlite-row.ts";

const history = "/var/lib/fwupd/pending.db";
/** FWUPD_UPDATE_STATE_SUCCESS */
const installed = 2;

interface Installed {
  readonly name: string;
  readonly version: string;
  readonly previous?: string;
  readonly plugin?: string;
  /** Seconds since 1970. */
  readonly at: number;
}

export const collector = defineCollector({
  section: "software.firmware",
  platforms: {
    linux: {
      reads: [history],
      collect(look) {
        const { values, damaged } = read(look) ?? { values: [], damaged: 0 };
        if (damaged > 0) look.note(`${history}: ${damaged} damaged parts were passed over`);
        if (values.length === 0) return { nothing: damaged > 0 ? "failed" : "none" };
        // Of several installations in one device the last counts.
        const packages = values.toSorted((a, b) => a.at - b.at).map(packageOf);
        return { document: { packages } };
      },
    },
  },
});

function read(look: Look): Salvaged<Installed> | undefined {
  try {
    return look.parts(history, (file) => sqliteTable(file, undefined, "history", installedOf));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    look.note(`${history}: ${error.message}`);
    return { values: [], damaged: 1 };
  }
}

function installedOf(row: SqliteRow): Installed | undefined {
  const name = row.text("display_name");
  const version = row.text("version_new");
  if (row.integer("update_state") !== installed || !name || !version) return undefined;
  return present({
    name,
    version,
    previous: row.text("version_old") || undefined,
    plugin: row.text("plugin") || undefined,
    at: row.integer("device_modified") ?? 0,
  });
}

const packageOf = ({ at, ...found }: Installed) =>
  present({ ...found, installedAt: credibleInstant(at * 1_000) });
