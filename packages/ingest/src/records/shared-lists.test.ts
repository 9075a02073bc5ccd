// What the whole fleet shares of its devices' lists: never what is sensitive, the device's own, or tells where it is.
import {
  allSections,
  canonicalBytes,
  normalise,
  parseJson,
  type SectionDefinition,
} from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { flag, group, list, required, text } from "../../../protocol/src/fields.ts";
import { defineSection } from "../../../protocol/src/section.ts";
import { documents } from "../../../protocol/src/testing/documents.ts";
import { rounds } from "../testing/long.ts";
import { sharedLists } from "./shared-lists.ts";
import { splitItems } from "./split-items.ts";

/** Names of the members that items of a list may have, by what the definition says of each field below them. */
function mayBeShared({ flat }: SectionDefinition, list: string): Set<string> {
  const inside = flat.filter(({ path }) => path.startsWith(`${list}[].`));
  const all = [...flat.filter(({ path }) => path === list), ...inside];
  if (all.some(({ field }) => field.facts.sensitivity === "sensitive" || field.facts.comparedOnly))
    return new Set();
  const marked = inside.filter(({ field }) => field.facts.own || field.facts.locates);
  const names = new Set(inside.map(({ names: [, name = ""] }) => name));
  for (const {
    names: [, name = ""],
  } of marked)
    names.delete(name);
  return names;
}

t.test("puts nothing of the device's own into an item, whatever its documents hold", async (t) => {
  for (const definition of allSections)
    fc.assert(
      fc.property(documents(definition), (document) => {
        const normal = normalise(definition, document);
        const split = splitItems(definition, parseJson(canonicalBytes(normal)));
        const [, lists] = split ? JSON.parse(Buffer.from(split.rest).toString()) : [];
        for (const [at, items] of (split?.lists ?? []).entries()) {
          const allowed = mayBeShared(definition, lists[at][0]);
          for (const item of items.split("\n"))
            for (const member of Object.keys(JSON.parse(item))) if (!allowed.has(member)) return false;
        }
        return true;
      }),
      { numRuns: rounds(10, 500) },
    );
  t.pass();
});

/** Kept by hand: who declares a list that becomes the fleet's has to consider whether it may. */
const sharedOfAll = [
  "audio cards",
  "cameras cameras",
  "disk-health disks",
  "graphics adapters",
  "kernel-modules modules",
  "modems modems",
  "pci-devices devices",
  "pending-updates automatic",
  "pending-updates packages",
  "processor processors",
  "processor vulnerabilities",
  "security antivirus",
  "security firewalls",
  "security screenLocks",
  "services services",
  "software.apk packages",
  "software.appimage packages",
  "software.appx packages",
  "software.brew packages",
  "software.cargo packages",
  "software.deb packages",
  "software.firmware packages",
  "software.flatpak packages",
  "software.gem packages",
  "software.images packages",
  "software.macos packages",
  "software.npm packages",
  "software.opkg packages",
  "software.pacman packages",
  "software.pip packages",
  "software.rpm packages",
  "software.snap packages",
  "software.windows packages",
  "storage partitions",
  "volumes arrays",
  "volumes controllers",
];

t.test("shares the lists that it is known to share, no others", async (t) => {
  const found = allSections.flatMap((each) => sharedLists(each).map(({ name }) => `${each.name} ${name}`));
  t.strictSame(found.toSorted(), sharedOfAll);
});

const said = { is: "Something.", sensitivity: "plain" } as const;
const name = required(text(8, said));

function fieldsOf(key: "name" | "place", shape: Parameters<typeof list>[1], facts: object = {}) {
  const items = list({ ...said, ...facts, max: 4, key: [key] }, { name, place: name, ...shape });
  const definition = defineSection({
    ...{ name: "made-up", title: "Made up", schema: 1, category: "hardware", purposes: ["inventory"] },
    ...{ sources: {}, fields: { items } },
  });
  return sharedLists(definition).map(({ fields }) => [...fields]);
}

t.test(
  "keeps in the record what is marked, a group of which anything is, and lists that are told apart by it",
  async (t) => {
    const [own, located] = [flag({ ...said, own: true }), text(8, { ...said, locates: "always" })];
    t.strictSame(fieldsOf("name", { other: flag(said) }), [["name", "place", "other"]]);
    t.strictSame(fieldsOf("name", { own, located }), [["name", "place"]]);
    t.strictSame(fieldsOf("name", { inside: group(said, { deep: group(said, { own }) }) }), [
      ["name", "place"],
    ]);
    t.strictSame(fieldsOf("name", { hidden: text(8, { ...said, sensitivity: "sensitive" }) }), []);
    t.strictSame(fieldsOf("name", { compared: text(8, { ...said, comparedOnly: true }) }), []);
    t.strictSame(fieldsOf("place", { place: required(text(8, { ...said, own: true })) }), []);
    t.strictSame(fieldsOf("name", {}, { locates: "always" }), []);
    t.strictSame(fieldsOf("name", {}, { own: true }), []);
  },
);
