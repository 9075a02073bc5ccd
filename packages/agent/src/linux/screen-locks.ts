/** How screens are locked by what an administrator set for everybody: dconf's databases, and KDE's file. */
import { type Look, present } from "../collecting/collector.ts";
import { parseIni } from "./ini.ts";

const paths = { dconf: "/etc/dconf/db", kde: "/etc/xdg/kscreenlockerrc" } as const;

export const screenLockSources: readonly string[] = Object.values(paths);

export interface ScreenLock {
  readonly desktop: string;
  readonly enabled?: boolean;
  readonly afterSeconds?: number;
  readonly mandatory?: boolean;
}

export function readScreenLocks(look: Look): ScreenLock[] {
  return [gnome(look), kde(look)].flatMap((each) => each ?? []);
}

const mostFiles = 256;

/** Of the login screen, and of input methods. */
const otherDatabases: ReadonlySet<string> = new Set(["gdm.d", "ibus.d"]);

function gnome(look: Look): ScreenLock | undefined {
  const folders = look.names(paths.dconf).filter((name) => name.endsWith(".d") && !otherDatabases.has(name));
  const [files, locks] = [new Map<string, string>(), new Set<string>()];
  for (const folder of folders) {
    const at = `${paths.dconf}/${folder}`;
    for (const name of look
      .names(at)
      .filter((each) => each !== "locks")
      .slice(0, mostFiles))
      for (const [section, values] of parseIni(look.text(`${at}/${name}`) ?? ""))
        for (const [key, value] of values) files.set(`/${section}/${key}`, value);
    for (const name of look.names(`${at}/locks`).slice(0, mostFiles))
      for (const line of (look.text(`${at}/locks/${name}`) ?? "").split("\n")) locks.add(line.trim());
  }
  return gnomeLock(files, locks);
}

const [lockKey, idleKey, delayKey] = [
  "/org/gnome/desktop/screensaver/lock-enabled",
  "/org/gnome/desktop/session/idle-delay",
  "/org/gnome/desktop/screensaver/lock-delay",
];

/** The screen goes dark after the idle time, which 0 switches off, and is locked after the delay behind that. */
export function gnomeLock(
  values: ReadonlyMap<string, string>,
  locks: ReadonlySet<string>,
): ScreenLock | undefined {
  const enabled = switchOf(values.get(lockKey ?? ""));
  const [idle, delay] = [secondsOf(values.get(idleKey ?? "")), secondsOf(values.get(delayKey ?? ""))];
  if (enabled === undefined && idle === undefined && delay === undefined) return undefined;
  const isOn = idle === 0 ? false : enabled;
  return present({
    desktop: "gnome",
    enabled: isOn,
    afterSeconds: idle === undefined || idle === 0 || isOn === false ? undefined : idle + (delay ?? 0),
    mandatory:
      isOn === undefined
        ? undefined
        : locks.has(lockKey ?? "") && (idle === undefined || locks.has(idleKey ?? "")),
  });
}

const switchOf = (word: string | undefined): boolean | undefined =>
  word === "true" ? true : word === "false" ? false : undefined;

function secondsOf(text: string | undefined): number | undefined {
  const [, digits] = /^(?:uint32\s{1,8})?(\d{1,9})$/.exec(text ?? "") ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** `[$i]` behind a name or a section makes it one that cannot be changed. */
function kde(look: Look): ScreenLock | undefined {
  const text = look.text(paths.kde);
  if (text === undefined) return undefined;
  const values = parseIni(text.replaceAll("[$i]", "")).get("daemon");
  const enabled = switchOf(values?.get("autolock"));
  const [minutes, grace] = [secondsOf(values?.get("timeout")), secondsOf(values?.get("lockgrace"))];
  if (enabled === undefined && minutes === undefined) return undefined;
  return present({
    desktop: "kde",
    enabled,
    afterSeconds: minutes === undefined || enabled === false ? undefined : minutes * 60 + (grace ?? 0),
    mandatory: /^\[Daemon\]\[\$i\]|^Autolock\[\$i\]/m.test(text),
  });
}
