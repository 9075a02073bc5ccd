/** Collector of section `diagnostics`: what the agent counted, the kernel remembers, and how the machine last started. */
import { type CountedFailure, defineCollector, type Look, present } from "../collecting/collector.ts";
import { type Boot, bootOfRow, bootsOf, toldBoots } from "../linux/boots.ts";
import { crashesInStore, isKernelDump, parseOutOfMemory, parseTaints } from "../linux/kernel-trouble.ts";
import { sqliteTable } from "../linux/sqlite-file.ts";
import { parseStarts, type StartRecord, utmpRecordBytes } from "../linux/utmp.ts";

const paths = {
  taints: "/proc/sys/kernel/tainted",
  memory: "/proc/vmstat",
  store: "/sys/fs/pstore",
  movedStore: "/var/lib/systemd/pstore",
  dumps: "/var/crash",
  history: "/var/log/wtmp",
  formerHistory: "/var/log/wtmp.1",
  database: "/var/lib/wtmpdb/wtmp.db",
  databaseLog: "/var/lib/wtmpdb/wtmp.db-wal",
} as const;

const mostBoots = 20;

export const collector = defineCollector({
  section: "diagnostics",
  platforms: {
    linux: {
      reads: Object.values(paths),
      collect(look, { failures = [] }) {
        const boots = readBoots(look);
        const document = present({
          failures: failures.length > 0 ? failures.map(told) : undefined,
          taints: parseTaints(look.text(paths.taints) ?? "")?.slice(),
          kernelCrashes: crashes(look),
          outOfMemory: parseOutOfMemory(look.text(paths.memory) ?? ""),
          boots: boots.length > 0 ? toldBoots(boots, mostBoots) : undefined,
        });
        return { document };
      },
    },
  },
});

/** Rounded down to 1, 2 or 5 with noughts: what fails at every look is not another document each time. */
export function told({ of, reason, count, lastDay }: CountedFailure) {
  const magnitude = 10 ** Math.floor(Math.log10(count));
  const step = [5, 2, 1].find((each) => each * magnitude <= count) ?? 1;
  return { of, reason, atLeast: step * magnitude, lastDay };
}

/** Systemd moves what the firmware kept to a folder for each crash, as soon as it starts. */
function crashes(look: Look): number {
  const moved = look.names(paths.movedStore).length;
  const dumps = look.names(paths.dumps).filter(isKernelDump).length;
  return crashesInStore(look.names(paths.store)) + moved + dumps;
}

function readBoots(look: Look): Boot[] {
  const records = [paths.formerHistory, paths.history].flatMap((path) => readStarts(look, path));
  return records.length > 0 ? bootsOf(records) : readDatabase(look);
}

/** Some 10,000 records: the newest are the last. */
const mostBytes = 4 * 2 ** 20;
const firstBytes = 4_000;

function readStarts(look: Look, path: string): StartRecord[] {
  const bytes = look.parts(path, (file) => {
    const record = utmpRecordBytes(file.read(0, firstBytes)) ?? 1;
    const whole = file.size - (file.size % record);
    const length = Math.min(whole, mostBytes - (mostBytes % record));
    return Uint8Array.from(file.read(whole - length, length));
  });
  return parseStarts(bytes ?? new Uint8Array());
}

function readDatabase(look: Look): Boot[] {
  try {
    const found = look.parts(paths.database, (file) =>
      look.exists(paths.databaseLog)
        ? look.parts(paths.databaseLog, (log) => sqliteTable(file, log, "wtmp", bootOfRow))
        : sqliteTable(file, undefined, "wtmp", bootOfRow),
    );
    return [...(found?.values ?? [])];
  } catch (error) {
    look.note(`${paths.database}: ${error instanceof Error ? error.message : "cannot be read"}`);
    return [];
  }
}
