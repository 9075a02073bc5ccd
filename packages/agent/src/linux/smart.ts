/**
 * What a disk says of its condition, as smartctl(8) prints it with `--json`: ATA's attributes, NVMe's health log and
 * SCSI's logs brought to the same few figures.
 */
import { present } from "../collecting/collector.ts";

export interface DiskHealth {
  readonly health?: "passed" | "failing";
  /** Percent of the expected life. */
  readonly wear?: number;
  readonly reallocatedSectors?: number;
  readonly pendingSectors?: number;
  readonly mediaErrors?: number;
  readonly powerOnHours?: number;
  /** Degrees Celsius. */
  readonly temperature?: number;
}

/** An attribute of ATA: `value` goes down from 100 or so, `raw` is what its maker counts. */
export interface AtaAttribute {
  readonly id: number;
  readonly name?: string;
  readonly value: number;
  readonly raw: number;
}

/** Bit 3 of what smartctl ends with: the disk says that it is failing. Bits 0 to 2 say that it was not heard out. */
const failingBit = 8;

/** Undefined when the text is none of smartctl's. */
export function parseSmartctl(text: string): DiskHealth | undefined {
  const printed = parsed(text);
  if (printed === undefined) return undefined;
  const at = (...path: readonly string[]): unknown => valueAt(printed, path);
  const attributes = attributesOf(at("ata_smart_attributes", "table"));
  const nvme = (name: string) => count(at("nvme_smart_health_information_log", name));
  const ata = ataHealth(attributes);
  return present({
    health: healthOf(at("smart_status", "passed"), count(at("smartctl", "exit_status")) ?? 0),
    wear:
      count(at("endurance_used", "current_percent")) ??
      nvme("percentage_used") ??
      count(at("scsi_percentage_used_endurance_indicator")) ??
      enduranceOf(at("ata_device_statistics", "pages")) ??
      ata.wear,
    reallocatedSectors: ata.reallocatedSectors ?? count(at("scsi_grown_defect_list")),
    pendingSectors: ata.pendingSectors ?? count(at("scsi_pending_defects", "count")),
    mediaErrors: ata.mediaErrors ?? nvme("media_errors") ?? scsiErrors(at("scsi_error_counter_log")),
    powerOnHours: count(at("power_on_time", "hours")) ?? nvme("power_on_hours"),
    temperature: count(at("temperature", "current")) || undefined,
  });
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isAnswer =
      typeof value === "object" && value !== null && ("smartctl" in value || "device" in value);
    return isAnswer ? value : undefined;
  } catch {
    return undefined;
  }
}

const valueAt = (from: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, name) => (typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined),
    from,
  );

const count = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

function healthOf(passed: unknown, exitStatus: number): DiskHealth["health"] {
  if (passed === false || (exitStatus & failingBit) !== 0) return "failing";
  return passed === true ? "passed" : undefined;
}

function attributesOf(table: unknown): AtaAttribute[] {
  if (!Array.isArray(table)) return [];
  return table.flatMap((row: unknown) => {
    const [id, value] = [count(valueAt(row, ["id"])), count(valueAt(row, ["value"]))];
    const [name, told] = [valueAt(row, ["name"]), valueAt(row, ["raw", "string"])];
    // The number alone may hold several; smartctl knows how its maker means it.
    const raw = Number(/^\d{1,15}/.exec(typeof told === "string" ? told : "")?.[0] ?? Number.NaN);
    if (id === undefined || value === undefined || Number.isNaN(raw)) return [];
    return [present({ id, name: typeof name === "string" ? name : undefined, value, raw })];
  });
}

/** Numbers of attributes that mean the same everywhere. */
const reallocated = 5;
const reportedUncorrectable = 187;
const pending = 197;
const offlineUncorrectable = 198;

export function ataHealth(
  attributes: readonly AtaAttribute[],
): Pick<DiskHealth, "wear" | "reallocatedSectors" | "pendingSectors" | "mediaErrors"> {
  const raw = (id: number) => attributes.find((each) => each.id === id)?.raw;
  const life = attributes.find(({ id, name }) => name !== undefined && lifeLeft.get(id) === name)?.value;
  return present({
    wear: life !== undefined && life <= 100 ? 100 - life : undefined,
    reallocatedSectors: raw(reallocated),
    pendingSectors: raw(pending),
    mediaErrors: raw(reportedUncorrectable) ?? raw(offlineUncorrectable),
  });
}

/**
 * Attributes whose value is the percentage that is left, where number and name both say so: WD has a
 * Media_Wearout_Indicator of another number that stands at 1 from the beginning.
 */
const lifeLeft: ReadonlyMap<number, string> = new Map([
  [177, "Wear_Leveling_Count"],
  [202, "Percent_Lifetime_Remain"],
  [231, "SSD_Life_Left"],
  [233, "Media_Wearout_Indicator"],
]);

/** The page of solid state devices (ACS-4, 9.5.9). */
function enduranceOf(pages: unknown): number | undefined {
  const rows = (Array.isArray(pages) ? pages : []).flatMap((page: unknown) => {
    const table = valueAt(page, ["table"]);
    return Array.isArray(table) ? table : [];
  });
  const row: unknown = rows.find(
    (each: unknown) => valueAt(each, ["name"]) === "Percentage Used Endurance Indicator",
  );
  return count(valueAt(row, ["value"]));
}

function scsiErrors(log: unknown): number | undefined {
  const counts = ["read", "write", "verify"].flatMap(
    (name) => count(valueAt(log, [name, "total_uncorrected_errors"])) ?? [],
  );
  return counts.length > 0 ? counts.reduce((sum, each) => sum + each, 0) : undefined;
}

/**
 * The state that smartd(8) keeps of an ATA disk: lines `ata-smart-attribute.3.id = 5`, `.val`, `.raw`. It has no
 * names, and raw numbers as they are.
 */
export function parseSmartdState(text: string): AtaAttribute[] {
  const rows = new Map<string, Map<string, number>>();
  for (const line of text.split("\n", 1_024)) {
    const [, row, member, value] =
      /^ata-smart-attribute\.(\d{1,2})\.(id|val|raw) = (\d{1,15})$/.exec(line.trim()) ?? [];
    if (row === undefined || member === undefined) continue;
    rows.set(row, (rows.get(row) ?? new Map()).set(member, Number(value)));
  }
  return [...rows.values()].flatMap((row) => {
    const [id, value, raw] = [row.get("id"), row.get("val"), row.get("raw")];
    if (id === undefined || value === undefined || raw === undefined) return [];
    // The count of replaced sectors is in the lower half; the rest is its maker's.
    return [{ id, value, raw: id === reallocated ? raw % 65_536 : raw }];
  });
}
