/** Services that are started by scripts: OpenRC's, and those of System V's init. */
import { type Look, present } from "../collecting/collector.ts";

const scriptFolder = "/etc/init.d";
const openrc = { levels: "/etc/runlevels", running: "/run/openrc" } as const;
/** Folders whose `S20name` links start a script: of Debian, of Red Hat, and OpenWrt's only one. */
const startFolders = [
  "/etc/rcS.d",
  "/etc/rc2.d",
  "/etc/rc3.d",
  "/etc/rc5.d",
  "/etc/rc.d/rc3.d",
  "/etc/rc.d/rc5.d",
  "/etc/rc.d",
] as const;

export const initScriptSources: readonly string[] = [scriptFolder, ...Object.values(openrc), ...startFolders];

export interface ScriptService {
  readonly name: string;
  readonly description?: string;
  readonly start: "enabled" | "disabled";
  readonly state?: "active" | "inactive" | "failed";
}

/** Parts of the init systems themselves. */
const noServices: ReadonlySet<string> = new Set([
  "README",
  "skeleton",
  "functions",
  "functions.sh",
  "rc",
  "rcS",
]);
const mostScripts = 4_096;
const mostScriptBytes = 256 * 1024;

export const hasOpenrc = (look: Look): boolean => look.exists(openrc.levels);

export function readInitScripts(look: Look): ScriptService[] {
  const scripts = look
    .names(scriptFolder)
    .filter((name) => /^\w[\w.+-]*$/.test(name) && !noServices.has(name));
  const names = scripts.slice(0, mostScripts);
  if (names.length === 0) return [];
  const [started, stateOf] = hasOpenrc(look) ? openrcStarts(look) : [systemVStarts(look), () => undefined];
  return names.flatMap((name) => {
    const script = look.text(`${scriptFolder}/${name}`, mostScriptBytes);
    if (script === undefined) return [];
    const description = parseDescription(script);
    const isEnabled = started.has(name);
    return present({
      name,
      description,
      start: isEnabled ? ("enabled" as const) : ("disabled" as const),
      state: stateOf(name, isEnabled),
    });
  });
}

type StateOf = (name: string, isEnabled: boolean) => ScriptService["state"];

/** OpenRC writes down what it started; below another root that is the state of the copy. */
function openrcStarts(look: Look): [ReadonlySet<string>, StateOf] {
  const levels = look.names(openrc.levels);
  const enabled = new Set(levels.flatMap((level) => look.names(`${openrc.levels}/${level}`)));
  const started = new Set(look.names(`${openrc.running}/started`));
  const failed = new Set(look.names(`${openrc.running}/failed`));
  const isRunning = look.exists(openrc.running);
  return [
    enabled,
    (name, isEnabled) => {
      if (failed.has(name)) return "failed";
      if (!isRunning || !isEnabled) return undefined;
      return started.has(name) ? "active" : "inactive";
    },
  ];
}

function systemVStarts(look: Look): ReadonlySet<string> {
  const links = startFolders.flatMap((folder) => look.names(folder));
  return new Set(links.flatMap((link) => /^S\d\d(.+)$/.exec(link)?.[1] ?? []));
}

/** From the header of the Linux Standard Base, or OpenRC's variable. */
export function parseDescription(script: string): string | undefined {
  const header = /^# *Short-Description:(.*)$/m.exec(script)?.[1]?.trim();
  return header || /^description=(["'])([^"'$\n]+)\1/m.exec(script)?.[2]?.trim() || undefined;
}
