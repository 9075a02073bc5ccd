/**
 * Collector of section `services`: what there is and how it is started from files; what failed, and what runs, is
 * asked of systemd once, for it keeps that to itself.
 */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { accountSources, readAccounts } from "../linux/accounts.ts";
import { hasOpenrc, initScriptSources, readInitScripts } from "../linux/init-scripts.ts";
import {
  instanceOf,
  isForOnce,
  parseListedUnits,
  readUnitFiles,
  readUnits,
  setting,
  type Unit,
  type UnitFiles,
  type UnitSettings,
  type UnitState,
  unitFolders,
  withoutPerson,
} from "../linux/systemd-units.ts";

const suffix = ".service";
const running = "/run/systemd/system";
const systemd = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"];
/** Of System V's init, and of its likes in BusyBox. */
const inittab = "/etc/inittab";
const programs = ["/usr/bin/systemctl", "/bin/systemctl"];
const listing = ["list-units", "--type=service", "--all", "--plain", "--full", "--no-legend", "--no-pager"];

export const collector = defineCollector({
  section: "services",
  platforms: {
    linux: {
      reads: [...unitFolders, "/lib", ...systemd, inittab, ...initScriptSources, ...accountSources],
      programs,
      async collect(look) {
        const { manager, hasUnits } = managerOf(look);
        const files = hasUnits ? readUnitFiles(look) : undefined;
        const units = files ? await systemdServices(look, files) : [];
        // systemd makes units of scripts, unless there is one of the name.
        const isUnit = (name: string) => files?.names.has(name.replace(/\.sh$/, "") + suffix) ?? false;
        const services = [...units, ...readInitScripts(look).filter(({ name }) => !isUnit(name))];
        return services.length > 0 ? { document: present({ manager, services }) } : { nothing: "none" };
      },
    },
  },
});

interface Management {
  /** What runs the services here; undefined where nothing is seen to, as in most containers. */
  readonly manager: "systemd" | "openrc" | "sysvinit" | undefined;
  /** Whether it goes by systemd's units, which come with programs whether it is there or not. */
  readonly hasUnits: boolean;
}

function managerOf(look: Look): Management {
  if (look.exists(running)) return { manager: "systemd", hasUnits: true };
  if (hasOpenrc(look)) return { manager: "openrc", hasUnits: false };
  const isInstalled = systemd.some((program) => look.exists(program));
  if (isInstalled) return { manager: look.live ? undefined : "systemd", hasUnits: true };
  return { manager: look.exists(inittab) ? "sysvinit" : undefined, hasUnits: false };
}

async function systemdServices(look: Look, files: UnitFiles) {
  const states = await statesOf(look);
  const accounts = readAccounts(look);
  const nameOf = (unit: string, settings?: UnitSettings) =>
    withoutPerson(unit, accounts, settings).slice(0, -suffix.length);
  const units = readUnits(look, files, suffix);
  const known = new Set(units.map(({ name }) => name));
  return [
    ...units.map((unit) => serviceOf(nameOf(unit.name, unit.settings), unit, stateOf(unit, states, files))),
    ...failedOthers(states, known).map((name) => ({ name: nameOf(name), state: "failed" as const })),
  ];
}

/** What failed of units that no file tells of, or that somebody began by hand. */
const failedOthers = (
  states: ReadonlyMap<string, UnitState>,
  known: ReadonlySet<string>,
): readonly string[] =>
  [...states].flatMap(([name, state]) =>
    state === "failed" && !known.has(name) && !isForOnce(name) ? [name] : [],
  );

const serviceOf = (name: string, { start, settings }: Unit, state: UnitState | undefined) =>
  present({
    name,
    description: setting(settings, "Description")
      ?.replaceAll(/%[iI]/g, instanceOf(name + suffix) ?? "")
      .trim(),
    start,
    state,
  });

/** Nothing where systemd does not run: a container may have its files. */
async function statesOf(look: Look): Promise<ReadonlyMap<string, UnitState>> {
  if (!look.live || !look.exists(running)) return new Map();
  for (const program of programs) {
    const printed = await look.run(program, listing, { milliseconds: 3_000 });
    if (printed) return parseListedUnits(printed.text);
  }
  return new Map();
}

/** Failed, or of a unit that is to run all the time whether it does: what a timer or a client starts comes and goes. */
export function stateOf(
  unit: Unit,
  states: ReadonlyMap<string, UnitState>,
  files: UnitFiles,
): UnitState | undefined {
  const state = states.get(unit.name);
  if (state === "failed" || (state !== undefined && runsAlways(unit, files))) return state;
  return undefined;
}

function runsAlways({ name, isWanted, settings }: Unit, { names }: UnitFiles): boolean {
  const stem = name.slice(0, -suffix.length);
  if (!isWanted || names.has(`${stem}.timer`)) return false;
  if (setting(settings, "Type") === "oneshot") return setting(settings, "RemainAfterExit") === "yes";
  // A client's connection starts it, and without clients some end themselves (cups, libvirtd).
  return !names.has(`${stem}.socket`) || setting(settings, "Restart") === "always";
}
