/** systemd's units from their files (systemd.unit(5)): which there are, what they say, and whether they are started. */
import type { Look } from "../collecting/collector.ts";
import type { Accounts } from "./accounts.ts";

/** Where units are looked for, the first that has one counts; what generators made of other files is not among them. */
export const unitFolders = [
  "/etc/systemd/system",
  "/run/systemd/system",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
] as const;

/** Of one kind; a busy server has some hundreds. */
const mostUnits = 4_096;

/** An administrator's choices are kept here, until the next start in the second. */
const chosenFolders: ReadonlySet<string> = new Set(["/etc/systemd/system", "/run/systemd/system"]);

export type StartMode = "enabled" | "disabled" | "static" | "indirect" | "masked";

export interface Unit {
  /** With its suffix: `ssh.service`. */
  readonly name: string;
  readonly start: StartMode;
  /** Whether anything asks for it when the machine starts: an administrator's choice, or the system's own. */
  readonly isWanted: boolean;
  /** Its settings; none where it is masked. */
  readonly settings: UnitSettings;
}

/** Values by the setting's name, in their order. */
export type UnitSettings = ReadonlyMap<string, readonly string[]>;

/** The names in every folder of units, read once for all kinds of units. */
export interface UnitFiles {
  /** Files and links of each folder, in the order in which they count. */
  readonly folders: readonly (readonly [folder: string, names: readonly string[]])[];
  /** Every name in one of them. */
  readonly names: ReadonlySet<string>;
  /** The paths among them that are links. */
  readonly links: ReadonlySet<string>;
  /** Names of units that others ask for, with the folders of the choices. */
  readonly chosen: ReadonlySet<string>;
  readonly wanted: ReadonlySet<string>;
}

export function readUnitFiles(look: Look): UnitFiles {
  // Most systems have /lib for another name of /usr/lib.
  const isSame = look.link("/lib") !== undefined;
  const folders = unitFolders
    .filter((folder) => !(isSame && folder.startsWith("/lib/")))
    .map((folder): [string, readonly string[]] => [folder, look.names(folder)]);
  const links = folders.flatMap(([folder]) => look.links(folder).map((name) => `${folder}/${name}`));
  const chosen = new Set<string>();
  const wanted = new Set<string>();
  for (const [folder, names] of folders)
    for (const name of names.filter((each) => /\.(wants|requires|upholds)$/.test(each)))
      for (const unit of look.names(`${folder}/${name}`)) {
        wanted.add(unit);
        if (chosenFolders.has(folder)) chosen.add(unit);
      }
  const names = new Set(folders.flatMap(([, each]) => each));
  return { folders, names, links: new Set(links), chosen, wanted };
}

/** Every unit with this suffix (`.service`): without templates, other names of units, and those of no file. */
export function readUnits(look: Look, files: UnitFiles, suffix: string): Unit[] {
  const places = placesOf(files, suffix);
  const aliases = new Map<string, string>();
  const found = new Map<string, string | null>();
  for (const [name, place] of places) {
    const target = files.links.has(place) ? look.link(place)?.split("/").at(-1) : undefined;
    if (target === "null") found.set(name, null);
    else if (target === undefined || target === name || isInstanceOf(name, target)) found.set(name, place);
    else if (isChosen(place)) aliases.set(target, name);
  }
  for (const name of files.wanted) {
    const template = places.get(name.replace(/@.*(?=\.)/, "@"));
    if (name.endsWith(suffix) && !found.has(name) && !places.has(name) && template !== undefined)
      found.set(name, template);
  }
  return [...found].flatMap(([name, place]) =>
    isTemplate(name) ? [] : unitAt(look, files, name, place, aliases.get(name)),
  );
}

function placesOf({ folders }: UnitFiles, suffix: string): Map<string, string> {
  const places = new Map<string, string>();
  for (const [folder, names] of folders)
    for (const name of names)
      if (name.endsWith(suffix) && !places.has(name) && places.size < mostUnits)
        places.set(name, `${folder}/${name}`);
  return places;
}

const isChosen = (place: string): boolean => chosenFolders.has(place.slice(0, place.lastIndexOf("/")));
const isTemplate = (name: string): boolean => /@\.[a-z]+$/.test(name);
const isInstanceOf = (name: string, template: string): boolean =>
  isTemplate(template) && name.startsWith(template.slice(0, template.indexOf("@") + 1));

function unitAt(
  look: Look,
  files: UnitFiles,
  name: string,
  place: string | null,
  alias: string | undefined,
): Unit[] {
  const text = place === null ? "" : look.text(place);
  // A link to nowhere is no unit.
  if (text === undefined) return [];
  const names = [name, ...(alias === undefined ? [] : [alias])];
  const isWanted = names.some((each) => files.wanted.has(each));
  // An empty file says the same as a link to /dev/null.
  if (text === "") return [{ name, start: "masked", isWanted, settings: new Map() }];
  const settings = parseUnit([text, ...dropIns(look, files, name)]);
  const isEnabled = alias !== undefined || files.chosen.has(name);
  const start = isEnabled ? "enabled" : startOf(settings);
  return [{ name, start, isWanted: isWanted || isEnabled, settings }];
}

function startOf(settings: UnitSettings): StartMode {
  const has = (...keys: string[]) => keys.some((key) => (settings.get(key) ?? []).length > 0);
  if (has("WantedBy", "RequiredBy", "UpheldBy", "Alias", "DefaultInstance")) return "disabled";
  return has("Also") ? "indirect" : "static";
}

/** Files that change a unit, in the order of their names; of two with one name the one in the higher folder. */
function dropIns(look: Look, { folders }: UnitFiles, name: string): string[] {
  const files = new Map<string, string>();
  for (const [folder, names] of folders) {
    if (!names.includes(`${name}.d`)) continue;
    for (const file of look.names(`${folder}/${name}.d`))
      if (file.endsWith(".conf") && !files.has(file)) files.set(file, `${folder}/${name}.d/${file}`);
  }
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => look.text(path) ?? "");
}

/** What anybody here asks for. No two sections of units have a setting of one name with another meaning. */
const asked =
  /^[ \t]*(Description|Type|User|RemainAfterExit|Restart|(?:Wanted|Required|Upheld)By|Alias|Also|DefaultInstance|On[A-Z][A-Za-z]*)[ \t]*=(.*)$/gm;

/** Settings of several files together; an empty value takes the former ones back. */
function parseUnit(texts: readonly string[]): UnitSettings {
  const settings = new Map<string, string[]>();
  for (const text of texts)
    for (const [, key = "", said = ""] of text.matchAll(asked)) {
      const value = said.trim();
      settings.set(key, value === "" ? [] : [...(settings.get(key) ?? []), value]);
    }
  return settings;
}

/** The last value of a setting that has one. */
export function setting(settings: UnitSettings, key: string): string | undefined {
  return settings.get(key)?.at(-1);
}

/** What stands between `@` and the suffix, `tty1` of `getty@tty1.service`; undefined in a name without. */
export function instanceOf(name: string): string | undefined {
  return /@(.+)\.[a-z]+$/.exec(name)?.[1];
}

/**
 * A unit's name, without the instance where that is a person's account, its number, or its home; or where it is one of
 * a connection, numbered, with the addresses of both ends (systemd.socket(5), Accept=).
 */
export function withoutPerson(
  name: string,
  { all, isSystem }: Accounts,
  settings: UnitSettings = new Map(),
): string {
  const instance = instanceOf(name);
  if (instance === undefined) return name;
  // Of a directory's people no file here knows the accounts.
  const isAccount = /^%[iI]$/.test(setting(settings, "User") ?? "");
  if (isAccount || ofConnection.test(instance)) return name.replace(`@${instance}.`, "@.");
  const words = instance.split(/[-@:.\\/]/);
  const persons = all.filter(({ uid }) => !isSystem(uid));
  const isPerson =
    persons.some((person) => instance === person.name || words.includes(person.name)) ||
    /^home-/.test(instance) ||
    (/^\d+$/.test(instance) && !isSystem(Number(instance)));
  return isPerson ? name.replace(`@${instance}.`, "@.") : name;
}

/** `5-192.0.2.1:22-198.51.100.7:51234`, or of a socket of this machine `5-PID-UID`. */
const ofConnection = /^\d+-(?:[^-]+:\d+-[^-]+:\d+|\d+-\d+)$/;

/** Whether a unit was made for one run, under a name that comes once: systemd-run's, podman's checks of containers. */
export const isForOnce = (name: string): boolean =>
  /^(?:run-[pru][0-9a-fi-]+|[0-9a-f]{64}(?:-[0-9a-f]+)?)\.[a-z]+$/.test(name);

export type UnitState = "active" | "inactive" | "failed";

/**
 * `UNIT LOAD ACTIVE SUB DESCRIPTION` in columns, as systemctl(1) prints it without headings. What failed and is about to be
 * started again has failed.
 */
export function parseListedUnits(text: string): Map<string, UnitState> {
  const states = new Map<string, UnitState>();
  for (const line of text.split("\n", mostLines)) {
    const [name = "", load, active = "", sub] = line.trim().split(/\s+/, 4);
    const state = sub === "auto-restart" ? "failed" : unitStates.get(active);
    if (state !== undefined && (load === "loaded" || state === "failed")) states.set(name, state);
  }
  return states;
}

const mostLines = 65_536;

const unitStates: ReadonlyMap<string, UnitState> = new Map([
  ["active", "active"],
  ["reloading", "active"],
  ["refreshing", "active"],
  ["activating", "active"],
  ["deactivating", "inactive"],
  ["inactive", "inactive"],
  ["failed", "failed"],
]);
