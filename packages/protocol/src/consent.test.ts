// Consent as values: what people type, what is sent unasked, and the one question whether a section is covered.
import fc from "fast-check";
import t from "tap";
import {
  type Category,
  categoryNames,
  type LocationLevel,
  type Ownership,
  ownerships,
  purposes,
} from "./categories.ts";
import {
  defaultWishes,
  type Giver,
  type Grant,
  grantedLocation,
  grantOf,
  grantSchema,
  grantsDigest,
  grantsSchema,
  isGrantableUnasked,
  isGranted,
  readGrantList,
  type Wish,
  withGrants,
} from "./consent.ts";
import { digestOf } from "./digest.ts";
import { anyCharacter } from "./testing/any-character.ts";

const giver: Giver = { by: "ada", interactive: true, at: "2026-03-01T12:00:00Z", policyDigest: digestOf({}) };
const usual = ["inventory", "security"] as const;
const wish = (category: Category): Wish => ({
  category,
  purposes: usual,
  ...(category === "location" ? { level: "country" as const } : {}),
});
const grant = (category: Category, more: Partial<Grant> = {}): Grant => ({
  ...grantOf(wish(category), "personal", giver),
  ...more,
});

t.test("sends from an organisation's device what PROTOCOL.md says, the location by country", async (t) => {
  t.strictSame(
    defaultWishes("organisation"),
    (
      [
        "essential",
        "hardware",
        "system",
        "software",
        "network",
        "location",
        "diagnostics",
        "updates",
      ] as const
    ).map(wish),
  );
});

t.test("sends from a personal device the essential alone", async (t) => {
  t.strictSame(defaultWishes("personal"), [wish("essential")]);
});

t.test("reads the lists that have a name", async (t) => {
  t.strictSame(readGrantList("minimal"), [wish("essential")]);
  t.strictSame(
    readGrantList(" inventory "),
    (["essential", "hardware", "system", "software", "network"] as const).map(wish),
  );
  t.strictSame(readGrantList("full"), categoryNames.map(wish));
  t.strictSame(readGrantList("all"), categoryNames.map(wish));
});

t.test("reads categories with levels and purposes", async (t) => {
  t.strictSame(readGrantList("hardware"), [wish("hardware")]);
  t.strictSame(readGrantList("personal-software, network"), [wish("personal-software"), wish("network")]);
  t.strictSame(readGrantList("location"), [wish("location")]);
  t.strictSame(readGrantList("location=precise"), [{ ...wish("location"), level: "precise" }]);
  t.strictSame(readGrantList("hardware:trends+inventory,location=city:support"), [
    { category: "hardware", purposes: ["inventory", "trends"] },
    { category: "location", purposes: ["support"], level: "city" },
  ]);
});

t.test("says what is wrong with a list", async (t) => {
  const noCategory = (part: string) =>
    `"${part}" names no category; there are essential, hardware, system, software, personal-software, network, people, location, nearby, diagnostics, updates, actions`;
  const noPurpose = "purposes are inventory, security, support, trends";
  const wrong = {
    "": noCategory(""),
    hardwear: noCategory("hardwear"),
    Hardware: noCategory("Hardware"),
    constructor: noCategory("constructor"),
    "hardware,": noCategory(""),
    "hardware,minimal": noCategory("minimal"),
    "hardware network": noCategory("hardware network"),
    "hardware:": noCategory("hardware:"),
    "location=": noCategory("location="),
    "location:support=city": noCategory("location:support=city"),
    "location=street": "location has the levels country, region, city, district, precise",
    "hardware=country": "hardware has no levels",
    "hardware:fun": noPurpose,
    "hardware:inventory+": noPurpose,
    "hardware:inventory+inventory": noPurpose,
    "hardware,network,hardware:support": "hardware is named twice",
  };
  t.strictSame(
    Object.keys(wrong).map((typed) => [typed, readGrantList(typed)]),
    Object.entries(wrong).map(([typed, error]) => [typed, { error }]),
  );
});

t.test("reads of any text either grants that may be made or an error", async () => {
  const words = fc.constantFrom(
    ...categoryNames,
    ...purposes,
    "country",
    "precise",
    "all",
    "=",
    ":",
    "+",
    ",",
    " ",
  );
  const lists = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.array(words, { maxLength: 8 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(lists, fc.constantFrom(...ownerships), (typed, ownership) => {
      const read = readGrantList(typed);
      if ("error" in read) return read.error !== "";
      return grantsSchema.safeParse(read.map((each) => grantOf(each, ownership, giver))).success;
    }),
    { numRuns: 300 },
  );
});

t.test(
  "grants on the organisation's basis only what needs no person, and calls nothing else so",
  async (t) => {
    const basisOf = (each: Wish, ownership: "organisation" | "personal") =>
      grantOf(each, ownership, giver).basis;
    const own = categoryNames.filter((name) => basisOf(wish(name), "organisation") !== "consent");
    t.strictSame(
      own,
      defaultWishes("organisation").map(({ category }) => category),
    );
    t.equal(basisOf({ ...wish("location"), level: "region" }, "organisation"), "consent");
    t.strictSame(
      categoryNames.filter((name) => basisOf(wish(name), "personal") !== "consent"),
      ["essential"],
    );
    t.strictSame(grantOf({ category: "people", purposes: ["support"] }, "organisation", giver), {
      category: "people",
      purposes: ["support"],
      basis: "consent",
      ...giver,
    });
    t.strictSame(grantOf({ ...wish("location"), level: "city" }, "personal", giver), {
      category: "location",
      level: "city",
      purposes: ["inventory", "security"],
      basis: "consent",
      ...giver,
    });
  },
);

t.test("grants unasked exactly what stands on another basis than consent, whoever owns it", async (t) => {
  const unasked = (ownership: Ownership) =>
    categoryNames.map(wish).filter((each) => isGrantableUnasked(each, ownership));
  for (const ownership of ownerships) t.strictSame(unasked(ownership), defaultWishes(ownership), ownership);
  for (const ownership of ownerships)
    t.notOk(isGrantableUnasked({ ...wish("location"), level: "region" }, ownership), ownership);
});

t.test(
  "replaces the grant of a category and keeps one order, so that equal grants are equal bytes",
  async (t) => {
    const before = [grant("network"), grant("essential")];
    const added = [grant("location"), grant("network", { purposes: ["support"] })];
    const expected = [grant("essential"), grant("network", { purposes: ["support"] }), grant("location")];
    t.strictSame(withGrants(before, added), expected);
    t.equal(grantsDigest(withGrants(added, before.slice(1))), grantsDigest(expected));
    t.not(grantsDigest(withGrants(before, [])), grantsDigest(expected));
  },
);

t.test("covers a section by category and by one of its purposes, never by one alone", async () => {
  const someCategory = fc.constantFrom(...categoryNames);
  const somePurposes = fc.subarray([...purposes], { minLength: 1 });
  const someGrants = fc.uniqueArray(
    fc.record({ category: someCategory, purposes: somePurposes }).map((more) => grant(more.category, more)),
    { selector: ({ category }) => category },
  );
  fc.assert(
    fc.property(
      someCategory,
      somePurposes,
      someGrants,
      fc.boolean(),
      (category, [first = "support", ...more], grants, onlyLocates) => {
        const needed = new Set([first, ...more]);
        const covered = grants.some(
          (given) => given.category === category && given.purposes.some((purpose) => needed.has(purpose)),
        );
        const section = { category, purposes: [first, ...more], onlyLocates } as const;
        const isFine = !onlyLocates || grantedLocation(grants) === "precise";
        return isGranted(section, grants) === (covered && isFine);
      },
    ),
    { numRuns: 300 },
  );
});

t.test("grants what only locates together with the finest location choice", async (t) => {
  const wifi = { category: "network", purposes: ["inventory"], onlyLocates: true } as const;
  const location = (level: LocationLevel) => grant("location", { level });
  t.equal(isGranted(wifi, [grant("network")]), false);
  t.equal(isGranted(wifi, [grant("network"), location("district")]), false);
  t.equal(isGranted(wifi, [grant("network"), location("precise")]), true);
  t.equal(isGranted(wifi, [location("precise")]), false);
});

t.test(
  "locates as finely as was granted, by country when no level was said, and else not at all",
  async (t) => {
    const { level: _, ...unsaid } = grant("location");
    t.equal(grantedLocation([grant("network"), grant("location", { level: "district" })]), "district");
    t.equal(grantedLocation([unsaid]), "country");
    t.equal(grantedLocation([grant("network")]), null);
    t.equal(grantedLocation([]), null);
  },
);

t.test("takes lists of grants that name each category once", async (t) => {
  const all = categoryNames.map((name) => grant(name));
  t.strictSame(grantsSchema.parse([]), []);
  t.strictSame(grantsSchema.parse(all), all);
  t.notOk(grantsSchema.safeParse([...all, grant("people")]).success);
  t.notOk(grantsSchema.safeParse([grant("people"), grant("people", { purposes: ["support"] })]).success);
});

t.test("lets a person add to what stands on another basis, and tells the two apart", async (t) => {
  const own = grant("location", { basis: "legitimate-interest" });
  const finer = grant("location", { level: "city", purposes: ["support"] });
  t.strictSame(withGrants([finer], [own]), [own, finer]);
  t.ok(grantsSchema.safeParse([own, finer]).success);
  t.notOk(grantsSchema.safeParse([own, finer, grant("location", { basis: "duty" })]).success);
  t.equal(grantedLocation([own, finer]), "city");
  t.ok(isGranted({ category: "location", purposes: ["support"], onlyLocates: false }, [own, finer]));
  t.notOk(isGranted({ category: "location", purposes: ["support"], onlyLocates: false }, [own]));
});

t.test("takes no grant that is not one", async (t) => {
  const wrong: Record<string, readonly unknown[]> = {
    category: ["hardwear", "constructor", "", 1, null, undefined],
    level: ["street", "", null],
    purposes: [[], ["fun"], ["inventory", "inventory"], [...purposes, "inventory"], "inventory", undefined],
    basis: ["whim", null, undefined],
    by: ["", "a".repeat(257), 0, undefined],
    interactive: ["true", 1, undefined],
    at: ["2026-03-01", "yesterday", "2026-03-01T12:00:00+01:00", 0, undefined],
    policyDigest: ["", "a".repeat(43), undefined],
    more: [1],
  };
  const taken = Object.entries(wrong).flatMap(([member, values]) =>
    values
      .filter((value) => grantSchema.safeParse({ ...grant("location"), [member]: value }).success)
      .map((value) => [member, value]),
  );
  t.strictSame(taken, []);
  t.notOk(grantSchema.safeParse(grant("hardware", { level: "country" })).success);
  t.ok(grantSchema.safeParse(grant("hardware")).success);
});
