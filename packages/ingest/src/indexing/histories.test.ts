/**
 * The index of a real store after any history: devices enrol, tell, withdraw, are merged, split and deleted, while who
 * keeps the index is stopped anywhere, loses the store, finds its files gone or older, or makes them anew.
 */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import type { Scope } from "../store/scope.ts";
import type { IndexQuery } from "../store/search-index.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { openTruth, type Truth } from "../store/truth.ts";
import { indexContent } from "../testing/index-content.ts";
import { facetOf, holds, live, titlesOf } from "../testing/index-model.ts";
import { KeptIndex } from "../testing/kept-index.ts";
import { rounds } from "../testing/long.ts";
import { machine } from "../testing/machine.ts";
import { emptyDatabases, StoredFleet } from "../testing/stored-fleet.ts";
import { devicesFrom, readDevices } from "./device-source.ts";
import { IndexReader } from "./index-reader.ts";
import { buildBeside, swapIn } from "./reindex.ts";

const directory = t.testdir({});
const newDatabase = await emptyDatabases(directory);

interface World {
  readonly fleet: StoredFleet;
  readonly index: KeptIndex;
}
interface Step {
  readonly said: string;
  readonly run: (world: World) => Promise<void> | void;
}

const step = <Chosen>(
  name: string,
  chosen: fc.Arbitrary<Chosen>,
  run: (world: World, chosen: Chosen) => Promise<void> | void,
): fc.Arbitrary<Step> =>
  chosen.map((value) => ({
    said: `${name} ${JSON.stringify(value)}`,
    run: (world) => run(world, value),
  }));

const who = fc.nat(3);
const group = fc.constantFrom("lab", "Lab");
const hours = fc.constantFrom(0, 1);
const sections = fc.subarray(["memory", "network", "operating-system", "software.deb", "system"] as const);
const machines = fc.record(
  {
    hostname: fc.constantFrom("ada", "Ada", "bob"),
    model: fc.constantFrom("one", "two"),
    memory: fc.constantFrom(1, 2),
    packages: fc.constantFrom([], ["openssl 1"], ["openssl 2", "zlib 1"], ["OpenSSL 1"]),
  },
  { noNullPrototype: true },
);

const ofFleet = fc.oneof(
  step("enrol", fc.tuple(group, hours), ({ fleet }, [named, hour]) => fleet.enrol(named, hour * 3_600_000)),
  {
    weight: 4,
    arbitrary: step("tell", fc.tuple(who, machines, sections), ({ fleet }, [at, facts, kept]) => {
      const all = machine(facts);
      return fleet.tell(at, Object.fromEntries(kept.map((name) => [name, all[name]])));
    }),
  },
  step("withdraw", fc.tuple(who, sections), ({ fleet }, [at, from]) => fleet.withdraw(at, from)),
  step("merge", fc.tuple(who, who), ({ fleet }, [at, other]) => fleet.merge(at, other)),
  step("split", who, ({ fleet }, at) => fleet.split(at)),
  step("remove", who, ({ fleet }, at) => fleet.remove(at)),
);
const none = fc.constant(null);
const ofIndex = fc.oneof(
  { weight: 5, arbitrary: step("look", none, ({ index }) => index.look()) },
  { weight: 3, arbitrary: step("reach", none, ({ index }) => index.reach()) },
  { weight: 2, arbitrary: step("kill", none, ({ index }) => index.kill()) },
  { weight: 2, arbitrary: step("make anew", none, ({ index }) => index.makeAnew()) },
  step("kill in a swap", none, ({ index }) => index.killInSwap()),
  step("lose the store", none, ({ index }) => index.loseStore()),
  step("lose files", none, ({ index }) => index.loseFiles()),
  step("cut a file", none, ({ index }) => index.cut()),
  step("keep a copy", none, ({ index }) => index.keep()),
  step("put the copy back", none, ({ index }) => index.putBack()),
  step("scrub", none, ({ index }) => index.scrub()),
  step("fall behind the log", machines, async ({ fleet, index }, facts) => {
    await index.keep();
    for (const told of [{}, machine(facts)]) await fleet.tell(0, told);
    await index.reach();
    for (const position of await index.merged()) await fleet.store.log.truncate(position);
    await index.putBack();
  }),
);
const history = fc.array(fc.oneof({ weight: 3, arbitrary: ofFleet }, { weight: 2, arbitrary: ofIndex }), {
  minLength: 8,
  maxLength: 24,
  size: "max",
});

t.test("equals what a reindex gives, and answers as what is stored does", async (t) => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const file = newDatabase();
      const fleet = new StoredFleet(await openSqliteStore(file));
      const truth = openTruth(file);
      const index = new KeptIndex(truth, directory);
      try {
        for (const named of ["lab", "Lab"]) await fleet.enrol(named, 0);
        for (const { run } of steps) await run({ fleet, index });
        await index.reach();
        await index.close();
        assert.deepEqual(indexContent(index.at), indexContent(await madeAnew(truth)));
        await demandAnswers(index.at, truth);
      } finally {
        await index.close();
        await truth.queries.destroy();
        await fleet.store.close();
      }
    }),
    {
      numRuns: rounds(20, 3_000),
      // What was done, for whoever has to find out why it failed.
      reporter: ({ failed, seed, counterexamplePath, counterexample, errorInstance }) => {
        if (!failed) return;
        const done = counterexample?.[0].map(({ said }) => said).join("; ");
        throw new Error(`seed ${seed}, path ${counterexamplePath}: ${done}`, { cause: errorInstance });
      },
    },
  );
  t.ok(counted > 0);
});

/** Titles in all answers: without any there would be little to be wrong about. */
let counted = 0;

async function madeAnew({ queries }: Truth): Promise<string> {
  const at = join(mkdtempSync(join(directory, "anew-")), "index");
  await buildBeside(
    at,
    {
      read: (ordinals) => readDevices(queries, ordinals),
      devicesFrom: (ordinal, most) => devicesFrom(queries, ordinal, most),
    },
    [],
  );
  swapIn(at);
  return at;
}

const text = (field: string, value: string): IndexQuery => ({ kind: "text", field, text: value });
const questions: readonly IndexQuery[] = [
  { kind: "all", parts: [] },
  text("group", "lab"),
  text("host", "ADA"),
  text("software", "openssl"),
  { kind: "not", part: text("software", "zlib") },
  { kind: "version", field: "software", title: "openssl", comparison: "<", version: "2" },
  { kind: "like", field: "model", pieces: ["o", ""] },
  { kind: "number", field: "memory", comparison: ">", number: 1 },
  { kind: "word", text: "ssl" },
];
const scopes: readonly Scope[] = [
  { devices: { kind: "all" }, sensitive: true, purpose: "inventory" },
  { devices: { kind: "groups", groups: ["Lab"] }, sensitive: false, purpose: "inventory" },
];

/** Every question by every caller, against a reading of every device. */
async function demandAnswers(at: string, { queries }: Truth): Promise<void> {
  const ordinals = await devicesFrom(queries, 0, 1_000);
  const devices = (await readDevices(queries, ordinals)).flatMap(({ ordinal, device }) =>
    device ? [{ ordinal, ...device }] : [],
  );
  const reader = new IndexReader(at, live, 60_000);
  for (const scope of scopes)
    for (const query of questions) {
      const found = devices
        .filter(
          ({ values }) => scope.sensitive || values.some((value) => "text" in value && value.text === "Lab"),
        )
        .map(({ ordinal, values }) => ({
          ordinal,
          values: values.filter(({ sensitive }) => scope.sensitive || !sensitive),
        }))
        .filter(({ ordinal, values }) => holds(values, ordinal, query));
      const order = { by: "enrolled", descending: false } as const;
      const page = await reader.devices(scope, query, { order, limit: 100, after: null });
      assert.deepEqual(
        page.ordinals,
        found.map(({ ordinal }) => ordinal),
      );
      const values = found.map((each) => each.values);
      const whole = { limit: 100, after: null };
      assert.deepEqual((await reader.facet(scope, "model", query, whole)).items, facetOf(values, "model"));
      const titles = (await reader.titles(scope, [], query, whole)).items;
      assert.deepEqual(titles, titlesOf(values, ""));
      counted += titles.length;
    }
  reader.close();
}
