/** The accounts of the machine (passwd(5)), and which of them are persons'. */
import { type Look, present } from "../collecting/collector.ts";
import { type PasswordState, passwordState } from "./passwords.ts";

const paths = { accounts: "/etc/passwd", definitions: "/etc/login.defs" } as const;

export const accountSources: readonly string[] = Object.values(paths);

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** The first part of the comment, which is a person's name where it is an account of one. */
  readonly fullName?: string;
  readonly home?: string;
  readonly shell?: string;
  /** What passwd itself says of the password; undefined where shadow(5) does. */
  readonly password?: PasswordState;
}

export interface Accounts {
  readonly all: readonly Account[];
  /** Whether a number is that of a service rather than of a person. */
  isSystem(uid: number): boolean;
  /** Whether an account is known to be a service's, or the administrator's. */
  isSystemName(name: string): boolean;
}

const MiB = 2 ** 20;
/** Schools have tens of thousands. */
export const mostAccountBytes = 16 * MiB;

export function readAccounts(look: Look): Accounts {
  const all = parsePasswd(look.text(paths.accounts, mostAccountBytes) ?? "");
  const first = parseFirstPerson(look.text(paths.definitions) ?? "");
  const isSystem = (uid: number) => uid < first || isReserved(uid);
  const names = new Set(all.filter(({ uid }) => isSystem(uid)).map(({ name }) => name));
  return { all, isSystem, isSystemName: (name) => name === "root" || names.has(name) };
}

/** Those that systemd gives to services for as long as they run, and nobody (systemd.io/UIDS-GIDS). */
const isReserved = (uid: number): boolean =>
  (uid >= 60_514 && uid <= 60_577) || (uid >= 61_184 && uid <= 65_535);

/** `UID_MIN` of login.defs(5): from here on accounts are persons'. */
export function parseFirstPerson(definitions: string): number {
  return Number(/^[ \t]*UID_MIN[ \t]+(\d{1,10})\b/m.exec(definitions)?.[1] ?? 1_000);
}

/** Lines that NIS would replace (`+`, `-`) and broken ones are passed over; of several with one name the first counts. */
export function parsePasswd(text: string): Account[] {
  const accounts = new Map<string, Account>();
  for (const line of text.split("\n")) {
    const [name = "", field = "", uid = "", gid = "", comment, home, shell, ...more] = line.split(":");
    if (!isAccountName(name) || !isNumber(uid) || !isNumber(gid) || more.length > 0) continue;
    if (accounts.has(name)) continue;
    accounts.set(
      name,
      present({
        name,
        uid: Number(uid),
        gid: Number(gid),
        fullName: comment?.split(",", 1)[0]?.trim() || undefined,
        home: home?.trim() || undefined,
        shell: shell?.trim() || undefined,
        password: field === "x" ? undefined : passwordState(field),
      }),
    );
  }
  return [...accounts.values()];
}

/** Names of a domain have blanks, `\` and `@`. */
const isAccountName = (name: string): boolean => /^[^\s:+\-#][^:\n]{0,255}$/.test(name);

/** Numbers of accounts and groups have 32 bits; the highest is no account's. */
const isNumber = (text: string): boolean => /^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 - 1;

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** group(5); of several with one name the first counts. */
export function parseGroups(text: string): Group[] {
  const groups = new Map<string, Group>();
  for (const line of text.split("\n")) {
    const [name = "", , gid = "", members = "", ...more] = line.split(":");
    if (!isAccountName(name) || !isNumber(gid) || more.length > 0 || groups.has(name)) continue;
    const names = members.split(",").map((member) => member.trim());
    groups.set(name, { name, gid: Number(gid), members: names.filter((member) => member !== "") });
  }
  return [...groups.values()];
}
