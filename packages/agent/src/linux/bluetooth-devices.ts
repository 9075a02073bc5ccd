/** Devices that BlueZ remembers, below /var/lib/bluetooth: a folder for each adapter, in it one for each device. */

export interface BluetoothFacts {
  readonly name?: string;
  /** What it is, in one word. */
  readonly kind?: string;
  readonly isPaired: boolean;
}

/**
 * What its `info` file says in [General]. The keys stand in the same file: of their sections only the headings are
 * looked at, which tell that it is paired.
 */
export function parseBluetoothInfo(text: string): BluetoothFacts {
  const general = new Map<string, string>();
  let heading = "";
  let isPaired = false;
  for (const line of text.split("\n", 2_000)) {
    heading = /^\[(\w{1,64})\]\s*$/.exec(line)?.[1] ?? heading;
    isPaired ||= keyHeadings.has(heading);
    const [, name, value] = heading === "General" ? (/^(\w{1,32})=(.*)$/.exec(line) ?? []) : [];
    if (name !== undefined && value !== undefined && wanted.has(name)) general.set(name, value.trim());
  }
  const name = general.get("Name") ?? general.get("Alias");
  const kind = kindOfClass(general.get("Class")) ?? kindOfAppearance(general.get("Appearance"));
  return { ...(name ? { name } : {}), ...(kind ? { kind } : {}), isPaired };
}

const wanted: ReadonlySet<string> = new Set(["Name", "Alias", "Class", "Appearance"]);

const keyHeadings: ReadonlySet<string> = new Set([
  "LinkKey",
  "LongTermKey",
  "SlaveLongTermKey",
  "PeripheralLongTermKey",
]);

/** Major device classes of Bluetooth's assigned numbers. */
const majorClasses = [
  "",
  "computer",
  "phone",
  "network",
  "audio",
  "peripheral",
  "imaging",
  "wearable",
  "toy",
  "health",
];

/** Of the class of device the bits 8 to 12, and of peripherals the bits 6 and 7. */
export function kindOfClass(text: string | undefined): string | undefined {
  const digits = /^0x([0-9a-f]{1,8})$/i.exec(text ?? "")?.[1];
  if (digits === undefined) return undefined;
  const number = Number.parseInt(digits, 16);
  const kind = majorClasses[(number >> 8) & 0x1f];
  return kind === "peripheral" ? ["", "keyboard", "mouse", ""][(number >> 6) & 3] || kind : kind || undefined;
}

/** Appearance values of Bluetooth's assigned numbers: categories from bit 6 on, and the input devices one by one. */
const appearances: ReadonlyMap<number, string> = new Map([
  [1, "phone"],
  [2, "computer"],
  [3, "wearable"],
  [15, "peripheral"],
  [33, "audio"],
  [34, "audio"],
  [37, "audio"],
]);
const inputs: ReadonlyMap<number, string> = new Map([
  [961, "keyboard"],
  [962, "mouse"],
]);

function kindOfAppearance(text: string | undefined): string | undefined {
  const digits = /^0x([0-9a-f]{1,4})$/i.exec(text ?? "")?.[1];
  if (digits === undefined) return undefined;
  const number = Number.parseInt(digits, 16);
  return inputs.get(number) ?? appearances.get(number >> 6);
}
