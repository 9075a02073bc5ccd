/** Collector of section `software.windows`: the uninstall keys of the machine, and the updates that Windows lists. */
import { defineCollector, present } from "../collecting/collector.ts";
import { numberAt, type PlistDict, textAt } from "../darwin/plist.ts";
import { powershell, readObjects } from "../windows/powershell.ts";

type Kind = "program" | "program-32" | "update";

const listed = (key: string) =>
  `Get-ItemProperty 'HKLM:\\${key}\\*' | Select-Object DisplayName, DisplayVersion, Publisher, InstallDate, EstimatedSize, SystemComponent, ParentKeyName`;

const pipelines = {
  program: listed("SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall"),
  "program-32": listed("SOFTWARE\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall"),
  update:
    "Get-CimInstance Win32_QuickFixEngineering | Select-Object HotFixID, @{n='On';e={$_.InstalledOn.ToString('yyyyMMdd')}}",
} as const satisfies Readonly<Record<Kind, string>>;

export const collector = defineCollector({
  section: "software.windows",
  platforms: {
    win32: {
      reads: [],
      programs: [powershell],
      async collect(look) {
        const objects = await readObjects(look, pipelines);
        const programs = (["program", "program-32"] as const).flatMap((kind) =>
          objects(kind).flatMap((entry) => programOf(entry, kind) ?? []),
        );
        const updates = objects("update").flatMap((entry) => updateOf(entry) ?? []);
        const packages = [...programs, ...updates];
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});

/** What Windows itself shows among the programs: parts of another one and what it hides are left out. */
function programOf(entry: PlistDict, kind: Kind) {
  const name = textAt(entry, "DisplayName");
  if (name === undefined || numberAt(entry, "SystemComponent") === 1 || textAt(entry, "ParentKeyName"))
    return undefined;
  const kibibytes = numberAt(entry, "EstimatedSize");
  return present({
    name,
    kind,
    version: textAt(entry, "DisplayVersion") ?? "unknown",
    vendor: textAt(entry, "Publisher"),
    installedAt: dayOf(textAt(entry, "InstallDate")),
    installedSize: kibibytes === undefined ? undefined : Math.round(kibibytes) * 1_024,
  });
}

function updateOf(entry: PlistDict) {
  const name = /^KB\d{5,9}$/.exec(textAt(entry, "HotFixID") ?? "")?.[0];
  if (name === undefined) return undefined;
  return present({
    name,
    kind: "update" as const,
    version: "unknown",
    vendor: "Microsoft Corporation",
    installedAt: dayOf(textAt(entry, "On")),
  });
}

/** `20240131`; some installers write a date in the person's own way, which tells nothing. */
function dayOf(text: string | undefined): string | undefined {
  const [, year, month, day] = /^(20\d\d|19\d\d)(\d\d)(\d\d)$/.exec(text ?? "") ?? [];
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(at);
  return Number.isNaN(at) || date.getUTCDate() !== Number(day) || date.getUTCMonth() !== Number(month) - 1
    ? undefined
    : date.toISOString();
}
