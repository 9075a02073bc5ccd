/** Collector of section `scheduled-jobs`: cron's tables and folders, anacron's, and systemd's timers, from files. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { type Accounts, accountSources, readAccounts } from "../linux/accounts.ts";
import { isCronName, parseAnacrontab, parseCrontab } from "../linux/cron.ts";
import { debianVersionSource } from "../linux/os-release.ts";
import {
  readUnitFiles,
  readUnits,
  type UnitSettings,
  unitFolders,
  withoutPerson,
} from "../linux/systemd-units.ts";

const paths = {
  table: "/etc/crontab",
  tables: "/etc/cron.d",
  anacron: "/etc/anacrontab",
  /** Alpine's scripts. */
  periodic: "/etc/periodic",
} as const;

/** Where scripts wait for their time, and what that is. */
const scriptFolders = ["hourly", "daily", "weekly", "monthly", "yearly"].map((name): [string, string] => [
  `/etc/cron.${name}`,
  name,
]);

/** Tables named after accounts: of Debian, SUSE, Red Hat, Alpine. */
const ownTables = ["/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron", "/etc/crontabs"];

export const collector = defineCollector({
  section: "scheduled-jobs",
  platforms: {
    linux: {
      reads: [
        ...Object.values(paths),
        ...scriptFolders.map(([folder]) => folder),
        ...ownTables,
        debianVersionSource,
        ...unitFolders,
        "/lib",
        ...accountSources,
      ],
      collect(look) {
        const accounts = readAccounts(look);
        const jobs = [
          ...tableJobs(look, accounts),
          ...scriptJobs(look),
          ...parseAnacrontab(look.text(paths.anacron) ?? "").map((job) => ({
            source: "anacron" as const,
            ...job,
          })),
          ...accountJobs(look, accounts),
          ...timers(look, accounts),
        ];
        return jobs.length > 0 ? { document: { jobs: counted(jobs) } } : { nothing: "none" };
      },
    },
  },
});

interface Job {
  readonly source: "cron" | "cron-folder" | "anacron" | "crontab" | "timer";
  readonly name: string;
  readonly schedule: string;
  readonly account?: string;
  readonly enabled?: boolean;
}

const mostFiles = 2_000;

const namesOf = (look: Look, folder: string): string[] => {
  const isDebian = look.exists(debianVersionSource);
  return look
    .names(folder)
    .filter((name) => isCronName(name, isDebian))
    .slice(0, mostFiles);
};

function tableJobs(look: Look, { isSystemName }: Accounts): Job[] {
  const tables = [
    [paths.table, "crontab"] as const,
    ...namesOf(look, paths.tables).map((name) => [`${paths.tables}/${name}`, name] as const),
  ];
  return tables.flatMap(([path, name]) =>
    parseCrontab(look.text(path) ?? "", true).map(({ schedule, account = "" }) => ({
      source: "cron",
      name,
      schedule,
      // Whose else it is, is told to nobody here.
      ...(isSystemName(account) ? { account } : {}),
    })),
  );
}

function scriptJobs(look: Look): Job[] {
  const periodic = look
    .names(paths.periodic)
    .map((name): [string, string] => [`${paths.periodic}/${name}`, name]);
  return [...scriptFolders, ...periodic].flatMap(([folder, schedule]) =>
    namesOf(look, folder).map((name) => ({ source: "cron-folder", name, schedule })),
  );
}

/** Persons' tables are not opened. */
function accountJobs(look: Look, { isSystemName }: Accounts): Job[] {
  return ownTables.flatMap((folder) =>
    look
      .names(folder)
      .filter(isSystemName)
      .flatMap((name) =>
        parseCrontab(look.text(`${folder}/${name}`) ?? "", false).map(({ schedule }) => ({
          source: "crontab",
          name,
          schedule,
          account: name,
        })),
      ),
  );
}

function timers(look: Look, accounts: Accounts): Job[] {
  return readUnits(look, readUnitFiles(look), ".timer")
    .filter(({ start }) => start !== "masked")
    .map(({ name, settings, isWanted }) => ({
      source: "timer",
      name: withoutPerson(name, accounts).replace(/\.timer$/, ""),
      schedule: scheduleOf(settings),
      enabled: isWanted,
    }));
}

/** As systemd.timer(5) writes it: `daily`, `OnBootSec=15min`. */
function scheduleOf(settings: UnitSettings): string {
  const times = [...settings].filter(([key]) => key.startsWith("On")).sort(([a], [b]) => (a < b ? -1 : 1));
  const said = times.flatMap(([key, values]) =>
    values.map((value) => (key === "OnCalendar" ? value : `${key}=${value}`)),
  );
  return said.join(", ") || "never";
}

/** Each name and time once, with how many there are. */
function counted(jobs: readonly Job[]) {
  const same = Map.groupBy(jobs, ({ source, name, schedule }) => JSON.stringify([source, name, schedule]));
  return [...same.values()].flatMap(([job, ...more]) =>
    job === undefined ? [] : present({ ...job, jobs: more.length > 0 ? more.length + 1 : undefined }),
  );
}
