/** One device for a person: its facts, then every section with its document. */
import type { Output } from "@rollcall/host";

interface ShownNote {
  readonly kind: string;
  readonly from?: string | null | undefined;
  readonly others?: readonly string[] | undefined;
  readonly with?: readonly string[] | undefined;
  readonly living?: readonly string[] | undefined;
}

interface ShownDevice {
  readonly notes: readonly ShownNote[];
  readonly possibleDuplicates: readonly string[];
  readonly [name: string]: unknown;
  readonly sections: Readonly<Record<string, { readonly status: string; readonly document?: unknown }>>;
}

/** Items of a list that a person is shown; `--json` has all of them. */
const mostItems = 20;

export function showDevice(output: Output, device: ShownDevice, section: string | undefined): void {
  const { sections, notes, possibleDuplicates, ...facts } = device;
  const shown = Object.entries(sections).filter(([name]) => section === undefined || name === section);
  output.json(section === undefined ? device : sections[section]);
  if (section === undefined) {
    showValue(output, facts, "");
    for (const line of [...notes.map(noteLine), ...duplicatesLine(possibleDuplicates)])
      output.line(output.colour.yellow(line));
  }
  for (const [name, { status, document }] of shown) {
    output.line("");
    output.line(output.colour.bold(name), status === "ok" ? "" : `  ${status}`);
    if (document !== undefined) showValue(output, document, "  ");
  }
}

function noteLine({ kind, from, others = [], with: merged = [], living = [] }: ShownNote): string {
  const before = from ?? "another device";
  switch (kind) {
    case "provisional":
      return `goes on from ${before}, whose identity is in doubt`;
    case "copied":
      return `one of several that go on from ${before}, whose state was copied${others.length > 0 ? `; the others are ${others.join(", ")}` : ""}`;
    case "merged": {
      const still = living.length > 0 ? `, of which ${living.join(", ")} still checks in` : "";
      return `made one with ${merged.join(", ")}${still}; rollcall device split undoes it`;
    }
    default:
      return kind;
  }
}

const duplicatesLine = (ids: readonly string[]): string[] =>
  ids.length > 0 ? [`may be the same as ${ids.join(", ")}`] : [];

function showValue(output: Output, value: unknown, indent: string): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (Array.isArray(member)) showList(output, name, member, indent);
    else if (typeof member === "object" && member !== null) {
      output.line(`${indent}${name}:`);
      showValue(output, member, `${indent}  `);
    } else output.line(`${indent}${name}: ${member === null ? "-" : String(member)}`);
  }
}

function showList(output: Output, name: string, items: readonly unknown[], indent: string): void {
  if (items.every((item) => typeof item !== "object")) {
    output.line(`${indent}${name}: ${items.join(", ") || "-"}`);
    return;
  }
  output.line(`${indent}${name}: ${items.length}`);
  for (const item of items.slice(0, mostItems)) output.line(`${indent}  ${oneLine(item)}`);
  if (items.length > mostItems)
    output.line(`${indent}  … and ${items.length - mostItems} more (--json shows all)`);
}

function oneLine(item: unknown): string {
  if (item === null) return "-";
  if (typeof item !== "object") return String(item);
  return Object.values(item)
    .map((value) => (Array.isArray(value) ? value.map(oneLine).join(" ") : oneLine(value)))
    .join("  ");
}
