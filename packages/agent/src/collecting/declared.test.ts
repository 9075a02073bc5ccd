// What collectors declare agrees with the catalogue: a person is told of every path that is looked at.
import { allSections, platforms, sectionNamed } from "@rollcall/protocol";
import t from "tap";
import { collectors } from "../collectors/index.generated.ts";
import { homeSources } from "./homes.ts";
import type { AnyCollector } from "./run-collector.ts";

const all: readonly AnyCollector[] = collectors;

t.test(
  "names every path that a collector reads, every program and every service that it asks in the section's sources",
  async (t) => {
    for (const { section, platforms: declared } of all) {
      const sources = sectionNamed(section)?.sources;
      for (const platform of platforms) {
        const untold = pathsOf(declared[platform]).filter((path) => !isToldOf(path, sources?.[platform]));
        t.same(untold, [], `${section} on ${platform}`);
      }
    }
  },
);

function pathsOf(declared: AnyCollector["platforms"]["linux"]): readonly string[] {
  if (declared === undefined) return [];
  if ("homes" in declared) return [...declared.homes, ...homeSources];
  return [...declared.reads, ...(declared.programs ?? []), ...(declared.connects ?? [])];
}

t.test("looks at homes for personal software only, and for that at nothing else", async (t) => {
  for (const { section, platforms: declared } of all)
    for (const each of Object.values(declared))
      t.equal("homes" in each, sectionNamed(section)?.category === "personal-software", section);
});

function isToldOf(path: string, sources: readonly string[] = []): boolean {
  return sources.some((source) => path === source || path.startsWith(`${source}/`));
}

t.test("has one collector for every section, and sources where it collects", async (t) => {
  t.same(all.map(({ section }) => section).toSorted(), allSections.map(({ name }) => name).toSorted());
  for (const { section, platforms: declared } of all)
    t.same(Object.keys(declared).sort(), Object.keys(sectionNamed(section)?.sources ?? {}).sort(), section);
});
