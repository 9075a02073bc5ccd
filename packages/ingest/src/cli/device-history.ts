/** `rollcall device --history` and `--at`: what changed in a device, and what it was. */
import type { Output } from "@rollcall/host";
import { z } from "zod";
import type { Api } from "./client.ts";
import { pagesOf } from "./pages.ts";

const place = z.array(z.string());
const told = z.array(z.object({ place, value: z.unknown() }));
export const change = z.looseObject({
  section: z.string(),
  at: z.string(),
  kind: z.string(),
  digest: z.string().nullable(),
  added: told,
  removed: told,
  changed: z.array(z.object({ place, was: z.unknown(), is: z.unknown() })),
  more: z.int(),
});
type Change = z.infer<typeof change>;

/** Changes that a person is shown; `--json` has all of them. */
const mostChanges = 100;

interface Which {
  readonly id: string;
  readonly section: string | undefined;
}

export async function showHistory(api: Api, output: Output, { id, section }: Which): Promise<void> {
  const limit = output.isJson ? Number.POSITIVE_INFINITY : mostChanges;
  const asked = { path: `/api/v1/devices/${id}/history`, query: { section }, item: change };
  let shown = 0;
  for await (const { items, isLast } of pagesOf(api, asked, limit)) {
    for (const item of items) showChange(output, item);
    if (output.readerGone.aborted) return;
    shown += items.length;
    if (!isLast && shown >= limit) output.note(`The last ${shown} changes; --json has all.`);
  }
}

const kinds: Readonly<Record<string, string>> = { first: "as far as is known", gone: "gone" };

function showChange(output: Output, item: Change): void {
  const { section, at, kind } = item;
  output.json(item);
  output.line(`${at}  `, output.colour.bold(section), kinds[kind] ? `  ${kinds[kind]}` : "");
  for (const words of changeInWords(item)) output.line(`  ${words}`);
}

/** What was removed, added and changed, one of it each. */
export function changeInWords({ added, removed, changed, more }: Change): string[] {
  return [
    ...removed.map((each) => `- ${each.place.join(" ")}${shortly(each.value)}`),
    ...added.map((each) => `+ ${each.place.join(" ")}${shortly(each.value)}`),
    ...changed.map(({ place: where, was, is }) => `~ ${where.join(" ")}: ${oneValue(was)} → ${oneValue(is)}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
}

/** What an item is called stands in its place already. */
const shortly = (value: unknown): string =>
  typeof value === "object" ? versionOf(value) : `: ${oneValue(value)}`;

function versionOf(value: object | null): string {
  const version: unknown = value && Reflect.get(value, "version");
  return typeof version === "string" ? ` ${version}` : "";
}

const oneValue = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const sectionsThen = z.looseObject({
  sections: z.record(z.string(), z.looseObject({ status: z.string(), document: z.unknown().optional() })),
});

/** A device's sections as they were. `at`: ISO 8601. */
export function sectionsAsOf(api: Api, id: string, at: string) {
  const path = `/api/v1/devices/${id}/sections`;
  return api({ method: "GET", path, query: { at }, answer: sectionsThen });
}
