/** The made-up fleet: the same for the same seed, true to the definitions, spread like a real one. */
import { canonical, checkSection, digestOf, grantOf, sectionNamed } from "@rollcall/protocol";
import t from "tap";
import { defaultWishes } from "../../packages/protocol/src/consent.ts";
import { Fleet, type SwarmSection, upgradesEach } from "./fleet.ts";

const fleet = new Fleet(42);
const numbers = Array.from({ length: 400 }, (_, device) => device);

const packagesOf = ({ document }: SwarmSection): readonly { name: string; version: string }[] =>
  (document.packages ?? []) as { name: string; version: string }[];
const debOf = (device: number, age = 0) => {
  const section = fleet.sections(device, age)["software.deb"];
  if (!section) throw new Error("a device has no packages");
  return section;
};

t.test("is the same fleet for the same seed, and another for another", async (t) => {
  const told = (seed: number) => numbers.slice(0, 20).map((device) => new Fleet(seed).sections(device, 3));
  t.equal(digestOf(told(42)), digestOf(told(42)));
  t.not(digestOf(told(42)), digestOf(told(43)));
});

t.test("tells nothing that a server refuses", async (t) => {
  const giver = { by: "test", interactive: false, at: "2026-01-01T00:00:00Z", policyDigest: "x" };
  const grants = defaultWishes("organisation").map((wish) => grantOf(wish, "organisation", giver));
  for (const device of numbers.slice(0, 50))
    for (const [name, section] of Object.entries(fleet.sections(device, device % 5))) {
      const checked = checkSection(sectionNamed(name), section, { grants, ownership: "organisation" });
      t.notOk("errors" in checked, `${name} of ${device}: ${canonical(Object(checked).errors ?? null)}`);
    }
});

t.test("has about 400 packages each, most of them in common, with a long tail", async (t) => {
  const devicesOf = new Map<string, number>();
  let sum = 0;
  for (const device of numbers) {
    const packages = packagesOf(debOf(device));
    sum += packages.length;
    for (const { name } of packages) devicesOf.set(name, (devicesOf.get(name) ?? 0) + 1);
  }
  const mean = sum / numbers.length;
  t.ok(mean > 340 && mean < 460, `${mean} packages each`);
  const counts = [...devicesOf.values()];
  t.ok(counts.filter((count) => count > 0.9 * numbers.length).length > 250, "common ones");
  t.ok(counts.filter((count) => count <= 3).length > 1_000, "rare ones");
});

t.test("spreads models and releases", async (t) => {
  const all = numbers.map((device) => fleet.sections(device, 0));
  const distinct = (name: string, field: string) =>
    new Set(all.map((sections) => sections[name]?.document[field])).size;
  t.ok(distinct("system", "model") >= 12);
  t.ok(distinct("operating-system", "version") === 6);
  t.equal(distinct("operating-system", "hostname"), numbers.length);
  t.equal(distinct("system", "serial"), numbers.length);
});

t.test("changes by a few upgraded packages from age to age, and by nothing else", async (t) => {
  for (const device of numbers.slice(0, 20)) {
    const [before, after] = [fleet.sections(device, 4), fleet.sections(device, 5)];
    const changed = Object.keys(after).filter((name) => canonical(after[name]) !== canonical(before[name]));
    t.same(changed, ["software.deb"]);
    const versions = new Map(packagesOf(debOf(device, 4)).map(({ name, version }) => [name, version]));
    const upgraded = packagesOf(debOf(device, 5)).filter(
      ({ name, version }) => versions.get(name) !== version,
    );
    t.ok(upgraded.length >= 1 && upgraded.length <= upgradesEach);
  }
});
