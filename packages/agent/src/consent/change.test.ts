/** Granting and withdrawing as values: what a typed LIST makes of the grants, by ownership. */
import { defaultWishes, type Giver, grantOf, type Ownership } from "@rollcall/protocol";
import t from "tap";
import { withoutUngranted } from "./apply.ts";
import { grant, withdraw } from "./change.ts";
import { readTypedList } from "./typed-list.ts";

const giver: Giver = {
  by: "ada",
  interactive: true,
  at: "2026-03-04T00:00:00.000Z",
  policyDigest: "A".repeat(43),
};
const defaults = (ownership: Ownership) =>
  defaultWishes(ownership).map((wish) => grantOf(wish, ownership, { ...giver, by: "token" }));
const asked = (typed: string) => readTypedList(typed);
const granting = (
  typed: string,
  ownership: Ownership,
  grants = defaults(ownership),
  asks: ReturnType<typeof asked> = [],
) => grant(grants, readTypedList(typed), { ownership, asks }, giver);
const withdrawing = (typed: string, ownership: Ownership, grants = defaults(ownership)) =>
  withdraw(grants, readTypedList(typed), ownership);
const names = (grants: readonly { category: string }[]) => grants.map(({ category }) => category);

t.test("grants everything asked for on a personal device", async (t) => {
  const { grants, changed, leftOut } = granting(
    "hardware,location=city:inventory+support,people",
    "personal",
  );
  t.same(names(grants), ["essential", "hardware", "people", "location"]);
  t.same([changed, leftOut], [["hardware", "location", "people"], []]);
  t.match(grants.at(-1), { level: "city", purposes: ["inventory", "support"], basis: "consent", by: "ada" });
});

t.test("grants the inventory as `npm start` does", async (t) => {
  const { grants, changed } = granting("inventory", "personal");
  t.same(names(grants), ["essential", "hardware", "system", "software", "network"]);
  t.same(changed, ["hardware", "system", "software", "network"]);
  t.equal(grants[0]?.by, "token");
});

t.test("leaves out what needs the organisation's purpose on its device", async (t) => {
  const { grants, changed, leftOut } = granting("all", "organisation", []);
  t.same(leftOut, ["personal-software", "people", "nearby", "actions"]);
  t.same(names(grants), changed);
  t.same(granting("location=precise", "organisation").leftOut, ["location"]);
  t.ok(grants.every(({ basis }) => basis !== "consent"));
});

t.test("grants on an organisation's device what it has a purpose for, and for no other", async (t) => {
  const asks = asked("people:inventory+support,location=city,actions");
  const { grants, changed, leftOut } = granting(
    "people,location=district,nearby,actions:trends",
    "organisation",
    defaults("organisation"),
    asks,
  );
  t.same([changed, leftOut], [["people"], ["people", "location", "nearby", "actions"]]);
  t.match(
    grants.find(({ category }) => category === "people"),
    { purposes: ["inventory"], basis: "consent", by: "ada" },
  );
  const city = granting("location=city", "organisation", defaults("organisation"), asks);
  t.same([city.changed, city.leftOut], [["location"], []]);
  t.same(
    city.grants.flatMap(({ category, level, basis }) => (category === "location" ? [[level, basis]] : [])),
    [
      ["country", "legitimate-interest"],
      ["city", "consent"],
    ],
  );
  t.same(withdrawing("location=city", "organisation", [...city.grants]), {
    grants: defaults("organisation"),
    changed: ["location"],
    leftOut: [],
  });
  t.same(withdrawing("location", "organisation", [...city.grants]).leftOut, ["location"]);
});

t.test("takes purposes that a person added to the organisation's back alone", async (t) => {
  const more = granting("hardware:support+security,essential:trends", "organisation");
  t.same([more.changed, more.leftOut], [["essential", "hardware"].toReversed(), []]);
  t.same(
    more.grants.flatMap(({ category, purposes, basis, by }) =>
      category === "hardware" ? [[purposes, basis, by]] : [],
    ),
    [
      [["inventory", "security"], "legitimate-interest", "token"],
      [["support"], "consent", "ada"],
    ],
  );
  t.same(granting("hardware:support", "organisation", [...more.grants]).changed, []);
  const back = withdrawing("hardware:support,essential:trends", "organisation", [...more.grants]);
  t.same(back, {
    grants: defaults("organisation"),
    changed: ["hardware", "essential"],
    leftOut: [],
  });
  const all = withdrawing("hardware", "organisation", [...more.grants]);
  t.same([all.changed, all.leftOut], [["hardware"], ["hardware"]]);
});

t.test("adds purposes to those granted, and changes nothing that is granted already", async (t) => {
  const { grants } = granting("software", "personal");
  const more = granting("software:trends", "personal", [...grants]);
  t.same(more.grants.at(-1)?.purposes, ["inventory", "security", "trends"]);
  t.same(granting("software", "personal", [...more.grants]).changed, []);
});

t.test("withdraws whole categories, or the purposes named", async (t) => {
  const { grants } = granting("hardware,software:inventory+trends", "personal");
  const some = withdrawing("software:trends", "personal", [...grants]);
  t.same(some.grants.find(({ category }) => category === "software")?.purposes, ["inventory"]);
  t.same(some.changed, ["software"]);
  t.same(names(withdrawing("software:trends+inventory", "personal", [...grants]).grants), [
    "essential",
    "hardware",
  ]);
  t.same(names(withdrawing("software", "personal", [...grants]).grants), ["essential", "hardware"]);
  t.same(withdrawing("nearby", "personal", [...grants]).changed, []);
});

t.test("withdraws everything but what rests on another basis", async (t) => {
  const { grants } = granting("all", "personal");
  const personal = withdrawing("all", "personal", [...grants]);
  t.same([names(personal.grants), personal.leftOut], [["essential"], ["essential"]]);
  const { leftOut, changed } = withdrawing("hardware,people", "organisation");
  t.same([leftOut, changed], [["hardware"], []]);
});

t.test("says what is wrong in a list", async (t) => {
  for (const typed of ["", "cats", "hardware,hardware", "hardware=fine", "location=near", "hardware:fun"])
    t.throws(() => readTypedList(typed), { code: "usage" }, typed);
});

t.test("knows which purposes were named", async (t) => {
  const named = readTypedList(" hardware , location=city:support,all".replace(",all", ""));
  t.same(
    named.map(({ category, purposesNamed }) => [category, purposesNamed]),
    [
      ["hardware", false],
      ["location", true],
    ],
  );
});

t.test("keeps of what was acknowledged only what is granted", async (t) => {
  const section = { schema: 1, status: "ok" as const, digest: null, body: null };
  const acknowledged = {
    sections: { installation: section, memory: section, network: section },
    readings: { storage: { values: { free: 1 }, at: 0 } },
    refused: { memory: "A".repeat(43) },
  };
  t.same(withoutUngranted(acknowledged, defaults("personal")), {
    sections: { installation: section },
    readings: {},
    refused: {},
  });
});
