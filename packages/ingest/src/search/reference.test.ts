/** The index against a naive reading of the documents: made-up fleets and queries, the same devices and values. */
import assert from "node:assert/strict";
import { fold } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { ok } from "../testing/machine.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

/** The same few devices are told anew for every fleet, more often than a section is found again in one day. */
const server = await TestServer.start(
  t.testdir({ "config.json": JSON.stringify({ "sections.versionsPerDay": 1_000 }) }),
);
t.teardown(() => server.stop());
const inventory = new Inventory(server);

/** Few letters, so that values meet; some that fold onto each other, one that is special to SQL. */
const text = fc.string({
  unit: fc.constantFrom("a", "A", "b", "é", "e\u0301", "%", "ﬁ"),
  minLength: 1,
  maxLength: 3,
});
const number = fc.integer({ min: 0, max: 4 });

const fleet = fc.array(
  fc.record(
    {
      hostname: text,
      model: text,
      total: number,
      disks: fc.array(number, { maxLength: 3 }),
      packages: fc.array(fc.record({ name: text, version: fc.constantFrom("1", "2") }), { maxLength: 4 }),
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
  { minLength: 1, maxLength: 5 },
);
type Facts = typeof fleet extends fc.Arbitrary<(infer F)[]> ? F : never;

const textOf: Readonly<Record<string, (facts: Facts) => readonly string[]>> = {
  host: ({ hostname }) => (hostname === undefined ? [] : [hostname]),
  model: ({ model }) => (model === undefined ? [] : [model]),
  software: ({ packages = [] }) => packages.map(({ name }) => name),
};
const numbersOf: Readonly<Record<string, (facts: Facts) => readonly number[]>> = {
  memory: ({ total }) => (total === undefined ? [] : [total]),
  disk: ({ disks = [] }) => disks,
};
const compare: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "": (a, b) => a === b,
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

interface Asked {
  readonly q: string;
  readonly holds: (facts: Facts) => boolean;
}
const asWord = text.map((word): Asked => {
  const holds = (facts: Facts) =>
    Object.values(textOf).some((values) => values(facts).some((value) => fold(value).includes(fold(word))));
  return { q: `"${word}"`, holds };
});
const asText = fc.tuple(fc.constantFrom(...Object.keys(textOf)), text).map(([field, value]): Asked => {
  const holds = (facts: Facts) => textOf[field]?.(facts).some((each) => fold(each) === fold(value)) ?? false;
  return { q: `${field}:"${value}"`, holds };
});
const asNumber = fc
  .tuple(fc.constantFrom(...Object.keys(numbersOf)), fc.constantFrom(...Object.keys(compare)), number)
  .map(([field, sign, value]): Asked => {
    const holds = (facts: Facts) =>
      numbersOf[field]?.(facts).some((each) => compare[sign]?.(each, value)) ?? false;
    return { q: `${field}:${sign}${value}`, holds };
  });
const condition = fc
  .tuple(fc.oneof(asWord, asText, asNumber), fc.boolean())
  .map(([asked, negated]): Asked => {
    return negated ? { q: `-${asked.q}`, holds: (facts) => !asked.holds(facts) } : asked;
  });
const query = fc.array(condition, { maxLength: 4 }).map(
  (conditions): Asked => ({
    q: conditions.map(({ q }) => q).join(" "),
    holds: (facts) => conditions.every(({ holds }) => holds(facts)),
  }),
);

/** The documents of a device; packages of one name and version stand there once. */
function sectionsOf({ hostname, model, total, disks, packages }: Facts) {
  const unique = new Map((packages ?? []).map((each) => [`${each.name} ${each.version}`, each]));
  return {
    ...(hostname === undefined ? {} : { "operating-system": ok({ hostname }) }),
    ...(model === undefined ? {} : { system: ok({ model }) }),
    ...(total === undefined ? {} : { memory: ok({ total }) }),
    ...(disks === undefined
      ? {}
      : { storage: ok({ disks: disks.map((size, index) => ({ name: `sd${index}`, size })) }) }),
    ...(packages === undefined
      ? {}
      : {
          "software.deb": ok({
            packages: [...unique.values()].map((each, index) => ({ architecture: `a${index}`, ...each })),
          }),
        }),
  };
}

/** Devices that are told anew for each fleet; those that a fleet does not need say nothing. */
const devices: SimulatedDevice[] = [];
for (let count = 0; count < 5; count++) {
  const device = await server.device();
  await device.checkedIn();
  devices.push(device);
}

async function become(facts: readonly Facts[]): Promise<ReadonlyMap<string, Facts>> {
  const tell = async (device: SimulatedDevice, index: number): Promise<[string, Facts]> => {
    const mine = facts[index] ?? {};
    const { refused } = await device.sent(sectionsOf(mine), { baseStateDigest: null });
    assert.deepEqual(refused, []);
    return [device.device, mine];
  };
  return new Map(await Promise.all(devices.map(tell)));
}

/** `[value, devices]`, the most frequent first; of spellings that are one value the first is told. */
function countedValues(facts: readonly Facts[], field: string): [string | number, number][] {
  const counts = new Map<string | number, { values: (string | number)[]; devices: number }>();
  for (const mine of facts) {
    const values: readonly (string | number)[] = textOf[field]?.(mine) ?? numbersOf[field]?.(mine) ?? [];
    const same = (value: string | number) =>
      typeof value === "string" && field !== "software" ? fold(value) : value;
    for (const key of new Set(values.map(same))) {
      const known = counts.get(key) ?? { values: [], devices: 0 };
      const mineOfKey = values.filter((value) => same(value) === key);
      counts.set(key, { values: [...known.values, ...mineOfKey], devices: known.devices + 1 });
    }
  }
  const first = (values: (string | number)[]) => values.toSorted(byBytes)[0] ?? "";
  return [...counts.values()]
    .map(({ values, devices: count }): [string | number, number] => [first(values), count])
    .toSorted((a, b) => b[1] - a[1] || byBytes(a[0], b[0]));
}

const byBytes = (a: string | number, b: string | number): number =>
  typeof a === "number" && typeof b === "number"
    ? a - b
    : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));

const question = fc.record({
  asked: query,
  field: fc.constantFrom(...Object.keys(textOf), ...Object.keys(numbersOf)),
  word: text.filter((word) => !word.includes("%")),
});

t.test("answers as the documents do", async () => {
  await fc.assert(
    fc.asyncProperty(fleet, fc.array(question, { minLength: 1, maxLength: 6 }), async (facts, questions) => {
      const truth = await become(facts);
      for (const { asked, field, word } of questions) {
        const { q, holds } = asked;
        const found = [...truth].filter(([, mine]) => holds(mine));
        const there = found.map(([, mine]) => mine);
        const page = await inventory.devices({ q });
        assert.deepEqual(
          [page.items.map(({ id }) => id), page.total],
          [found.map(([id]) => id), found.length],
        );
        const values = (await inventory.facets({ field, q })).items;
        assert.deepEqual(
          values.map(({ value, devices: n }) => [value, n]),
          countedValues(there, field),
        );
        const titles = (await inventory.software({ q: word, deviceQ: q })).items;
        assert.deepEqual(
          titles.map(({ name, version, devices: n }) => [name, version, n]),
          countedTitles(there, word),
        );
      }
    }),
    { numRuns: 60 },
  );
});

function countedTitles(facts: readonly Facts[], word: string): [string, string, number][] {
  const counts = new Map<string, [string, string, number]>();
  for (const { packages = [] } of facts) {
    const unique = new Map(packages.map((each) => [`${each.name} ${each.version}`, each]));
    for (const [key, { name, version }] of unique) {
      if (!fold(name).includes(fold(word))) continue;
      counts.set(key, [name, version, (counts.get(key)?.[2] ?? 0) + 1]);
    }
  }
  return [...counts.values()].toSorted((a, b) => byBytes(a[0], b[0]) || byBytes(a[1], b[1]));
}
