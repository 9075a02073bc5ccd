/**
 * Collector of section `disk-health`. What files tell is taken from them: the state of smartd, the kernel's
 * thermometers and its figures of eMMC. A few disks are asked by smartctl, and none is woken for it.
 */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { blockFolder } from "../linux/block-devices.ts";
import { type Disk, diskSources, isVirtualDisk, readDisks } from "../linux/disks.ts";
import { ataHealth, type DiskHealth, parseSmartctl, parseSmartdState } from "../linux/smart.ts";

const smartctl = "/usr/sbin/smartctl";
const stateFolder = "/var/lib/smartmontools";

/** Processes that the health of disks is worth, of the four that a whole inventory may begin. */
const mostAsked = 2;
const limitMilliseconds = 5_000;

/** What smartctl is to end with for a disk that sleeps; by itself it would be the status of one that cannot be opened. */
const asleep = 3;

export const collector = defineCollector({
  section: "disk-health",
  platforms: {
    linux: {
      reads: [...diskSources, stateFolder, smartctl],
      programs: [smartctl],
      async collect(look) {
        const disks = readDisks(look).filter(isReal);
        const inFiles = new Map(disks.map((disk) => [disk.name, healthInFiles(look, disk)]));
        const asked = await healthByAsking(look, disks);
        const found = disks.flatMap((disk) => {
          const health: DiskHealth = { ...inFiles.get(disk.name), ...asked.healths.get(disk.name) };
          return Object.keys(health).length > 0 ? [{ name: disk.name, ...health }] : [];
        });
        if (found.length === 0) return { nothing: whyNothing(look, disks, asked) };
        return {
          document: { disks: found.map(({ powerOnHours: _, temperature: __, ...lasting }) => lasting) },
          readings: Object.fromEntries(found.flatMap(readingsOf)),
        };
      },
    },
  },
});

const readingsOf = ({ name, powerOnHours, temperature }: DiskHealth & { readonly name: string }) => {
  const readings = present({ powerOnHours, temperature });
  return Object.keys(readings).length > 0 ? [[name, readings] as const] : [];
};

function whyNothing(look: Look, disks: readonly Disk[], { wasRefused }: Asked) {
  if (disks.length === 0) return "none";
  if (!look.live) {
    look.note("only the running system can ask its disks");
    return "unsupported";
  }
  if (wasRefused) return "denied";
  return look.exists(smartctl) ? "failed" : "tool-missing";
}

/** Buses whose disks have something to tell, those first that are asked first. */
const buses: readonly (string | undefined)[] = ["nvme", "sata", "ata", "sas", "scsi", "usb", "mmc"];

const isReal = (disk: Disk): boolean =>
  buses.includes(disk.bus) && !isVirtualDisk(disk) && !isRaidVolume(disk);

/** What a controller makes of its disks; it keeps their condition to itself. */
function isRaidVolume({ bus, manufacturer = "", model = "" }: Disk): boolean {
  if (bus !== "scsi" && bus !== "sas") return false;
  return (
    /^(LSI|AVAGO|BROADCOM|Adaptec|Areca|AMCC|3ware|ServeRA|Intel$)/i.test(manufacturer) ||
    /PERC|LOGICAL VOLUME|RAID|Virtual Disk/i.test(`${manufacturer} ${model}`)
  );
}

function healthInFiles(look: Look, disk: Disk): DiskHealth {
  const folder = `${blockFolder}/${disk.name.replaceAll("/", "!")}/device`;
  if (disk.bus === "mmc") return emmcHealth((name) => look.text(`${folder}/${name}`)?.trim());
  return present({
    ...ataHealth(stateOf(look, disk)),
    temperature: temperatureIn(look, folder),
  });
}

const weekMilliseconds = 7 * 24 * 3_600_000;

/** smartd writes it whenever a figure has moved, which those of a disk that runs always do; an old one is a former state. */
function stateOf(look: Look, { serial }: Disk) {
  const named = serial?.replaceAll(/[^A-Za-z0-9]/g, "_");
  const file = look
    .names(stateFolder)
    .find(
      (name) => named !== undefined && name.startsWith("smartd.") && name.endsWith(`-${named}.ata.state`),
    );
  if (file === undefined) return [];
  const path = `${stateFolder}/${file}`;
  const { modified = 0 } = look.stat(path) ?? {};
  if (look.live && Date.now() - modified > weekMilliseconds) return [];
  return parseSmartdState(look.text(path) ?? "");
}

/** The kernel's thermometer of an NVMe or (drivetemp) SATA disk, in thousandths of a degree. */
function temperatureIn(look: Look, folder: string): number | undefined {
  const own = look.names(folder).filter((name) => /^hwmon\d+$/.test(name));
  const below = look.names(`${folder}/hwmon`).map((name) => `hwmon/${name}`);
  for (const name of [...own, ...below]) {
    const text = look.text(`${folder}/${name}/temp1_input`)?.trim() ?? "";
    if (/^\d{4,6}$/.test(text)) return Math.round(Number(text) / 1_000);
  }
  return undefined;
}

/** `life_time` in tenths for two kinds of cells, `pre_eol_info` (JESD84-B51, 7.4.41 to 7.4.43); 0 says nothing. */
export function emmcHealth(file: (name: string) => string | undefined): DiskHealth {
  const tenths = (file("life_time") ?? "")
    .split(" ")
    .map((text) => Number(/^0x0[0-9a-b]$/i.exec(text)?.[0] ?? 0));
  const end = Number(/^0x0[1-3]$/.exec(file("pre_eol_info") ?? "")?.[0] ?? 0);
  const worst = Math.max(0, ...tenths);
  return present({
    health: end === 0 ? undefined : end === 1 ? ("passed" as const) : ("failing" as const),
    wear: worst === 0 ? undefined : Math.min(worst * 10, 100),
  });
}

interface Asked {
  readonly healths: ReadonlyMap<string, DiskHealth>;
  /** Whether the system did not let smartctl ask. */
  readonly wasRefused: boolean;
}

async function healthByAsking(look: Look, disks: readonly Disk[]): Promise<Asked> {
  const healths = new Map<string, DiskHealth>();
  let wasRefused = false;
  if (!look.live || !look.exists(smartctl)) return { healths, wasRefused };
  const able = disks
    .filter(({ bus }) => bus !== "mmc")
    .sort((one, other) => buses.indexOf(one.bus) - buses.indexOf(other.bus));
  const left = able.slice(mostAsked).map(({ name }) => name);
  if (left.length > 0) look.note(`of ${able.length} disks ${left.length} were not asked: ${left.join(", ")}`);
  for (const { name } of able.slice(0, mostAsked)) {
    const answer = await askDisk(look, name);
    if (answer === "refused") wasRefused = true;
    else if (answer !== undefined) healths.set(name, answer);
  }
  return { healths, wasRefused };
}

async function askDisk(look: Look, name: string): Promise<DiskHealth | "refused" | undefined> {
  const args = [
    "--json=c",
    `--nocheck=standby,${asleep}`,
    "--health",
    "--attributes",
    "--log=ssd",
    `/dev/${name}`,
  ];
  const printed = await look.run(smartctl, args, { milliseconds: limitMilliseconds });
  if (printed === undefined) return undefined;
  if (printed.code === asleep) {
    look.note(`${name} sleeps and was not woken`);
    return undefined;
  }
  const health = parseSmartctl(printed.text);
  if (health !== undefined && Object.keys(health).length > 0) return health;
  look.note(`${name} did not tell its condition (smartctl ended with ${printed.code})`);
  return /Permission denied|Operation not permitted/.test(printed.text) ? "refused" : undefined;
}
