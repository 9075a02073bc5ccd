/**
 * Collector of section `logins`: who is logged in by systemd's sessions or utmp, and on which days of the last 90
 * who logged in by wtmp or wtmpdb. Days, not times: how often somebody works is asked, not when.
 */
import { defineCollector, type Look } from "../collecting/collector.ts";
import { accountSources, readAccounts } from "../linux/accounts.ts";
import { parseAssignments } from "../linux/os-release.ts";
import { type Login, type LoginKind, parseUtmp, utmpRecordBytes } from "../linux/utmp.ts";
import { parseWtmpdb } from "../linux/wtmpdb.ts";

const paths = {
  sessions: "/run/systemd/sessions",
  logins: "/run/utmp",
  formerLogins: "/var/run/utmp",
  history: "/var/log/wtmp",
  formerHistory: "/var/log/wtmp.1",
  /** Where wtmp's times, which end in 2038, are given up. */
  database: "/var/lib/wtmpdb/wtmp.db",
  databaseLog: "/var/lib/wtmpdb/wtmp.db-wal",
} as const;

const dayMilliseconds = 86_400_000;
const days = 90;

export const collector = defineCollector({
  section: "logins",
  platforms: {
    linux: {
      reads: [...Object.values(paths), ...accountSources],
      collect(look) {
        const { isSystemName } = readAccounts(look);
        // Login screens run as accounts of their own.
        const isPerson = ({ account }: Login) => account === "root" || !isSystemName(account);
        const now = loginsNow(look).filter(isPerson);
        const files = [paths.formerHistory, paths.history].flatMap((path) => readLogins(look, path));
        const history = [...files, ...databaseLogins(look)];
        const usual = usualOf(history.filter(isPerson), look.live ? Date.now() : newest(history));
        if (now.length === 0 && usual.length === 0 && !knowsLogins(look)) return { nothing: "none" };
        return { document: { now: longestOf(now), usual } };
      },
    },
  },
});

const knowsLogins = (look: Look): boolean => Object.values(paths).some((path) => look.exists(path));

function loginsNow(look: Look): Login[] {
  if (!look.exists(paths.sessions))
    return readLogins(look, look.exists(paths.logins) ? paths.logins : paths.formerLogins);
  const names = look
    .names(paths.sessions)
    .filter((name) => !name.endsWith(".ref"))
    .slice(0, mostSessions);
  return names.flatMap((name) => parseSession(look.text(`${paths.sessions}/${name}`) ?? "") ?? []);
}

/** One of systemd's sessions; undefined when nobody is logged in by it: a login screen, one that is ending. */
export function parseSession(text: string): Login | undefined {
  const said = parseAssignments(text);
  const [account, microseconds] = [said.get("USER"), said.get("REALTIME") ?? ""];
  if (!/^user/.test(said.get("CLASS") ?? "") || said.get("STATE") === "closing") return undefined;
  if (account === undefined || account === "" || !/^\d{13,17}$/.test(microseconds)) return undefined;
  return { account, kind: kindOf(said), at: Math.floor(Number(microseconds) / 1_000) };
}

function kindOf(said: ReadonlyMap<string, string>): LoginKind {
  if (said.get("REMOTE") === "1") return "remote";
  return /^(x11|wayland|mir)$/.test(said.get("TYPE") ?? "") ? "graphical" : "console";
}

/** Some 40,000 records: the newest are the last. */
const mostSessions = 10_000;
const mostBytes = 16 * 2 ** 20;
const firstBytes = 4_000;

function readLogins(look: Look, path: string): Login[] {
  const bytes = look.parts(path, (file) => {
    const record = utmpRecordBytes(file.read(0, firstBytes)) ?? 1;
    const whole = file.size - (file.size % record);
    const length = Math.min(whole, mostBytes - (mostBytes % record));
    return Uint8Array.from(file.read(whole - length, length));
  });
  return parseUtmp(bytes ?? new Uint8Array());
}

/** Of a database that is damaged what can be read. */
function databaseLogins(look: Look): Login[] {
  try {
    return (
      look.parts(paths.database, (file) => {
        const withLog = look.parts(paths.databaseLog, (log) => parseWtmpdb(file, log));
        return withLog ?? parseWtmpdb(file, undefined);
      }) ?? []
    );
  } catch (error) {
    look.note(`${paths.database}: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

const newest = (logins: readonly Login[]): number =>
  logins.reduce((latest, { at }) => Math.max(latest, at), 0);

/** By account and kind, since the first of several. */
function longestOf(logins: readonly Login[]) {
  const first = new Map<string, Login>();
  for (const each of logins) {
    const key = `${each.kind} ${each.account}`;
    if (each.at < (first.get(key)?.at ?? Number.POSITIVE_INFINITY)) first.set(key, each);
  }
  return [...first.values()].map(({ account, kind, at }) => ({
    account,
    kind,
    since: new Date(at).toISOString(),
  }));
}

/** @param until milliseconds since 1970; later logins are a wrong clock's. */
export function usualOf(logins: readonly Login[], until: number) {
  const daysBy = new Map<string, Set<number>>();
  const today = Math.floor(until / dayMilliseconds);
  for (const { account, at } of logins) {
    const day = Math.floor(at / dayMilliseconds);
    if (day > today || day <= today - days) continue;
    daysBy.set(account, (daysBy.get(account) ?? new Set()).add(day));
  }
  return [...daysBy].map(([account, each]) => ({
    account,
    days: each.size,
    lastDay: new Date(Math.max(...each) * dayMilliseconds).toISOString(),
  }));
}
