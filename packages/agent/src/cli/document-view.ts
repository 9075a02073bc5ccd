/** A section for people: its values with units, its lists as tables, following the definition. */
import type { Output } from "@rollcall/host";
import type { Readings, SectionDefinition, Status } from "@rollcall/protocol";

type Shape = SectionDefinition["fields"];
type Field = Shape[string];

interface SectionView {
  readonly status: Status;
  readonly category: string;
  readonly document: unknown;
  readonly readings?: Readings;
  /** Whether it is sent, in words. */
  readonly fate: string;
  /** For what and on which basis it is collected, in words. */
  readonly why?: string;
  readonly diagnostics: readonly string[];
}

export function tellSection(
  output: Output,
  definition: SectionDefinition,
  { status, category, document, readings = {}, fate, why, diagnostics }: SectionView,
): void {
  const { bold, dim, green, yellow } = output.colour;
  const tone = status === "ok" ? green : yellow;
  output.line(bold(definition.title), ` (${definition.name})  `, tone(status), dim(`  ${category}; ${fate}`));
  if (why !== undefined) output.line(dim(`  ${why}`));
  if (isObject(document)) tellFields(output, definition.fields, document, "");
  tellReadings(output, definition, readings);
  for (const diagnostic of diagnostics) output.line(dim(`  note: ${diagnostic}`));
  output.line();
}

/** Readings of the section itself, and of the items of its lists by their natural key. */
function tellReadings(output: Output, { flat }: SectionDefinition, readings: Readings): void {
  const fieldNamed = (name: string) =>
    flat.find(({ names, field }) => field.kind === "reading" && names.at(-1) === name)?.field;
  for (const [name, value] of Object.entries(readings)) {
    const told = typeof value === "number" ? { [name]: value } : value;
    const item = typeof value === "number" ? "" : `${name} `;
    for (const [field, number] of Object.entries(told))
      output.line(`  ${(item + field).padEnd(22)}`, `${inWords(fieldNamed(field), number)} (a reading)`);
  }
}

function tellFields(output: Output, shape: Shape, value: object, prefix: string): void {
  for (const [name, field] of Object.entries(shape)) {
    const member: unknown = Reflect.get(value, name);
    if (member === undefined) continue;
    if (field.kind === "group" && isObject(member))
      tellFields(output, field.shape, member, `${prefix}${name}.`);
    else if (field.kind === "list" && Array.isArray(member)) tellList(output, name, field.shape, member);
    else output.line(`  ${(prefix + marked(name, field)).padEnd(22)}`, inWords(field, member));
  }
}

export const marksInWords =
  "* sensitive: hidden from who may only view · @ tells where the device is: only where the location is granted as precise";

/** A field's name with what a person should know of it. */
export function marked(name: string, { facts }: Field): string {
  return `${name}${facts.sensitivity === "sensitive" ? "*" : ""}${facts.locates === "always" ? "@" : ""}`;
}

/** A table of the columns that hold anything. */
function tellList(output: Output, name: string, shape: Shape, items: readonly object[]): void {
  output.line(`  ${name}: ${items.length}`);
  const columns = Object.entries(shape).filter(([column]) =>
    items.some((item) => Reflect.get(item, column) !== undefined),
  );
  if (items.length === 0) return;
  output.table(
    items,
    columns.map(([column, field]) => ({
      title: marked(column, field),
      align: field.kind === "quantity" ? ("right" as const) : ("left" as const),
      value: (item: object) => {
        const member: unknown = Reflect.get(item, column);
        return member === undefined ? undefined : inWords(field, member);
      },
    })),
  );
}

export function inWords(field: Field | undefined, value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number" || (field?.kind !== "quantity" && field?.kind !== "reading"))
    return String(value);
  const { unit } = field.facts;
  if (unit === "bytes") return bytesInWords(value);
  return unit === "count" || unit === "year" ? String(value) : `${value} ${unit.replaceAll("-", " ")}`;
}

const prefixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];

/** Few are told as they are: a packet of 1,500 bytes is known as that. */
const mostTold = 9_999;

function bytesInWords(bytes: number): string {
  if (bytes <= mostTold) return `${bytes} B`;
  let [value, step] = [bytes, 0];
  while (value >= 1024 && step < prefixes.length - 1) {
    value /= 1024;
    step++;
  }
  return `${value.toFixed(1)} ${prefixes[step]}B`;
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
