/** Tables of cron (crontab(5), anacrontab(5)): times and names. What follows them, the commands, is never kept. */

export interface CronLine {
  /** `17 * * * *` or `@daily`. */
  readonly schedule: string;
  /** Whom it is run as, in the system's tables. */
  readonly account?: string;
}

const mostLines = 10_000;
/** Other words than names of months and days are those of a command that was broken in two. */
const field =
  /^(?:[\d*?,/~-]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)){1,100}$/i;

/** The jobs in a table; the system's name an account before each command. Comments, settings and broken lines are none. */
export function parseCrontab(text: string, namesAccounts: boolean): CronLine[] {
  return text.split("\n", mostLines).flatMap((line) => {
    const words = line
      .trim()
      .replace(/^-(?=[\d*@])/, "")
      .split(/\s+/, 8);
    const times = words[0]?.startsWith("@") ? 1 : 5;
    const [schedule, rest] = [words.slice(0, times), words.slice(times)];
    const isTime =
      times === 1 ? /^@[a-z_]{1,20}$/.test(schedule[0] ?? "") : schedule.every((word) => field.test(word));
    if (!isTime || rest.length < (namesAccounts ? 2 : 1)) return [];
    const [account = ""] = rest;
    return [{ schedule: schedule.join(" "), ...(namesAccounts ? { account } : {}) }];
  });
}

/** `PERIOD DELAY NAME COMMAND`, the period in days or as `@monthly`. */
export function parseAnacrontab(text: string): { readonly name: string; readonly schedule: string }[] {
  return text.split("\n", mostLines).flatMap((line) => {
    const [period = "", delay = "", name = "", command] = line.trim().split(/\s+/, 4);
    if (command === undefined || !/^(\d{1,5}|@[a-z]{1,20})$/.test(period) || !/^\d{1,6}$/.test(delay))
      return [];
    return [{ name, schedule: period.startsWith("@") ? period : `every ${period} days` }];
  });
}

/**
 * Whether cron reads a table or script of this name. Debian's takes no other characters; elsewhere what package
 * managers and editors leave is passed over.
 */
export function isCronName(name: string, isDebian: boolean): boolean {
  if (isDebian) return /^[\w-]+$/.test(name);
  return !/^[.#]|[~,]$|\.(rpm(save|orig|new)|swp|cfsaved|apk-new)$/.test(name);
}
