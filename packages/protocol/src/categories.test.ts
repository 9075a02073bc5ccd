// The closed lists of consent, against what PROTOCOL.md promises of them.
import fc from "fast-check";
import t from "tap";
import {
  bases,
  basisWithoutAsking,
  categories,
  categoryDefinition,
  categoryNames,
  isCategory,
  locationLevels,
  ownerships,
  purposes,
} from "./categories.ts";

/** "Categories" and the retention line of "Limits"; written down again, because people were told so. */
const promised = {
  essential: { days: 400, organisation: "contract", personal: "contract" },
  hardware: { days: 400, organisation: "legitimate-interest", personal: null },
  system: { days: 400, organisation: "legitimate-interest", personal: null },
  software: { days: 400, organisation: "legitimate-interest", personal: null },
  "personal-software": { days: 30, organisation: null, personal: null },
  network: { days: 90, organisation: "legitimate-interest", personal: null },
  people: { days: 30, organisation: null, personal: null },
  location: { days: 30, organisation: "legitimate-interest", personal: null },
  nearby: { days: 7, organisation: null, personal: null },
  diagnostics: { days: 90, organisation: "legitimate-interest", personal: null },
  updates: { days: 400, organisation: "legitimate-interest", personal: null },
  actions: { days: 400, organisation: null, personal: null },
} as const;

t.test("has exactly the categories that were promised, as long and on such a basis", async (t) => {
  const declared = categoryNames.map((name) => [
    name,
    {
      days: categoryDefinition(name).retentionDays,
      organisation: basisWithoutAsking(name, "organisation"),
      personal: basisWithoutAsking(name, "personal"),
    },
  ]);
  t.strictSame(Object.fromEntries(declared), promised);
  t.strictSame(categoryNames, Object.keys(promised));
});

t.test("has the purposes, bases, ownerships and levels that were promised", async (t) => {
  t.strictSame(purposes, ["inventory", "security", "support", "trends"]);
  t.strictSame(bases, ["consent", "contract", "legitimate-interest", "duty"]);
  t.strictSame(ownerships, ["organisation", "personal"]);
  t.strictSame(locationLevels, ["country", "region", "city", "district", "precise"]);
});

t.test("has levels for the location alone, the coarsest first", async (t) => {
  const withLevels = categoryNames.filter((name) => categoryDefinition(name).levels);
  t.strictSame(withLevels, ["location"]);
  t.strictSame(categoryDefinition("location").levels, locationLevels);
});

t.test("says of every category in a sentence what falls under it", async (t) => {
  const silent = categoryNames.filter((name) => {
    const { title, holds } = categories[name];
    return !/^[A-Z]/.test(title) || !/^[A-Z].*\.$/.test(holds);
  });
  t.strictSame(silent, []);
});

t.test("calls nothing else a category, nor what every object has", async (t) => {
  const others = ["", "Essential", "essential ", "constructor", "toString", "__proto__", "hasOwnProperty"];
  t.strictSame(others.filter(isCategory), []);
  fc.assert(
    fc.property(fc.string(), (name) => isCategory(name) === Object.keys(promised).includes(name)),
    { numRuns: 100 },
  );
});
