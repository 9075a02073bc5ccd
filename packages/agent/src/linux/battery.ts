/** A battery by the kernel's power supply class (Documentation/ABI/testing/sysfs-class-power): micro-units, many of them left out. */
import { present } from "../collecting/collector.ts";
import { told } from "./firmware-text.ts";

/** The value of a property, by the kernel's name for its file: `energy_full`. */
export type PowerProperty = (name: string) => string | undefined;

interface Battery {
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serial?: string;
  readonly technology?: string;
  readonly designMilliwattHours?: number;
  readonly fullMilliwattHours?: number;
  readonly designMilliampereHours?: number;
  readonly fullMilliampereHours?: number;
  readonly cycles?: number;
  readonly wearPercent?: number;
}

/** Undefined when it is no battery of the machine: a charger, a mouse's battery, an empty bay. */
export function batteryOf(property: PowerProperty): Battery | undefined {
  if (property("type")?.toLowerCase() !== "battery") return undefined;
  if (property("scope")?.toLowerCase() === "device" || property("present") === "0") return undefined;
  return present({
    manufacturer: told(property("manufacturer")),
    model: told(property("model_name")),
    serial: told(property("serial_number")),
    technology: told(property("technology")),
    ...capacityOf(property),
    cycles: counted(property("cycle_count")),
  });
}

/** How full it is, in percent. */
export function chargeOf(property: PowerProperty): number | undefined {
  const said = property("capacity") ?? "";
  if (/^\d{1,3}$/.test(said)) return Math.min(Number(said), 100);
  for (const kind of ["energy", "charge"]) {
    const [now, full] = [counted(property(`${kind}_now`)), counted(property(`${kind}_full`))];
    if (now !== undefined && full !== undefined) return Math.min(Math.round((100 * now) / full), 100);
  }
  return undefined;
}

interface Held {
  readonly design?: number;
  readonly full?: number;
}

/** Energy, or charge and the voltage that it was designed for; the voltage of the moment would move it. */
function capacityOf(property: PowerProperty) {
  const energy = held(property, "energy", 1_000);
  if (energy !== undefined) return { ...inMilliwattHours(energy), wearPercent: wearOf(energy) };
  const charge = held(property, "charge", 1_000);
  if (charge === undefined) return {};
  const volts = designVolts(property);
  const capacity =
    volts === undefined
      ? { designMilliampereHours: rounded(charge.design), fullMilliampereHours: rounded(charge.full) }
      : inMilliwattHours(present({ design: times(charge.design, volts), full: times(charge.full, volts) }));
  return { ...capacity, wearPercent: wearOf(charge) };
}

function held(property: PowerProperty, kind: "energy" | "charge", divisor: number): Held | undefined {
  const [design, full] = [`${kind}_full_design`, `${kind}_full`].map((name) =>
    times(counted(property(name)), 1 / divisor),
  );
  return design === undefined && full === undefined ? undefined : present({ design, full });
}

const inMilliwattHours = ({ design, full }: Held) => ({
  designMilliwattHours: rounded(design),
  fullMilliwattHours: rounded(full),
});

function designVolts(property: PowerProperty): number | undefined {
  const volts = times(
    counted(property("voltage_min_design")) ?? counted(property("voltage_max_design")),
    1 / 1_000_000,
  );
  return volts !== undefined && volts >= 1 && volts < 1_000 ? volts : undefined;
}

/** A new battery may hold more than it was made for; a half more is a mistake in one of the two. */
function wearOf({ design, full }: Held): number | undefined {
  if (design === undefined || full === undefined || full > 1.5 * design) return undefined;
  return Math.max(0, Math.round(100 - (100 * full) / design));
}

/** A whole number; 0 and -1 are what drivers say that do not know. */
function counted(text: string | undefined): number | undefined {
  const number = /^\d{1,15}$/.test(text ?? "") ? Number(text) : 0;
  return number === 0 ? undefined : number;
}

const times = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : value * factor;

const rounded = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value);
