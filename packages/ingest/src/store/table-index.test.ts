/** The index by itself: what is marked sensitive is not found, counted or listed for who may not read it. */
import { join } from "node:path";
import { everyDevice, type Query, type SearchValue } from "@rollcall/protocol";
import t from "tap";
import { TestServer } from "../testing/test-server.ts";
import type { Scope } from "./scope.ts";
import { replaceSearchValues } from "./search-values.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { defineWrite } from "./store.ts";

const server = await TestServer.start();
await server.device();
await server.stop();
const { store, index } = await openSqliteStore(join(server.directory, "rollcall.db"));
t.teardown(async () => {
  await store.close();
  await server.remove();
});

const put = defineWrite({
  name: "put-search-values",
  run: (transaction, values: readonly SearchValue[]) =>
    replaceSearchValues(transaction, { installation: 1, section: "made-up" }, values),
});

const all: Scope = { devices: { kind: "all" }, sensitive: true, purpose: "inventory" };
const plain: Scope = { ...all, sensitive: false };
const page = { limit: 10, after: null };
const order = { by: "enrolled", descending: false } as const;

const values = (sensitive: boolean): readonly SearchValue[] => [
  { as: "term", field: "model", text: "Nosey", words: true, sensitive },
  { as: "number", field: "memory", number: 7, sensitive },
  { as: "title", field: "software", title: "diary", version: "1", source: "home", sensitive },
];

async function seen(scope: Scope) {
  const count = async (query: Query) => (await index.devices(scope, query, { order, ...page })).total;
  const facet = async (field: string) => (await index.facet(scope, field, everyDevice, page)).items.length;
  return {
    term: await count({ kind: "text", field: "model", text: "nosey" }),
    number: await count({ kind: "number", field: "memory", comparison: "=", number: 7 }),
    title: await count({ kind: "text", field: "software", text: "diary" }),
    words: [await count({ kind: "word", text: "nosey" }), await count({ kind: "word", text: "diary" })],
    facets: [await facet("model"), await facet("memory"), await facet("software")],
    titles: (await index.titles(scope, [], everyDevice, page)).items.length,
  };
}

t.test("finds what is plain for everybody", async (t) => {
  await store.commit([put(values(false))]);
  const found = { term: 1, number: 1, title: 1, words: [1, 1], facets: [1, 1, 1], titles: 1 };
  t.same(await seen(plain), found);
  t.same(await seen(all), found);
});

t.test("finds what is sensitive for those who may read it, and by no bare word", async (t) => {
  await store.commit([put(values(true))]);
  t.same(await seen(plain), { term: 0, number: 0, title: 0, words: [0, 0], facets: [0, 0, 0], titles: 0 });
  t.same(await seen(all), { term: 1, number: 1, title: 1, words: [0, 0], facets: [1, 1, 1], titles: 1 });
});

t.test("replaces all of a section's values, however many there are, and no other section's", async (t) => {
  const many = Array.from({ length: 2_500 }, (_, number): SearchValue => {
    return {
      as: "title",
      field: "software",
      title: `package-${number}`,
      version: null,
      source: "x",
      sensitive: false,
    };
  });
  const beside = defineWrite({
    name: "put-beside",
    run: (transaction, other: readonly SearchValue[]) =>
      replaceSearchValues(transaction, { installation: 1, section: "beside" }, other),
  });
  const titles = async () =>
    (await index.titles(all, [], everyDevice, { limit: 10_000, after: null })).items.length;
  await store.commit([put(many), beside(values(false))]);
  t.equal(await titles(), 2_501);
  await store.commit([put([])]);
  t.equal(await titles(), 1);
});

t.test(
  "finds nothing in a scope of no groups, and one device in the scope of its installation",
  async (t) => {
    const total = async (devices: Scope["devices"]) =>
      (await index.devices({ ...all, devices }, everyDevice, { order, ...page })).total;
    t.equal(await total({ kind: "groups", groups: [] }), 0);
    t.equal(await total({ kind: "groups", groups: ["lab", "default"] }), 1);
    t.equal(await total({ kind: "installation", ordinal: 1 }), 1);
    t.equal(await total({ kind: "installation", ordinal: 2 }), 0);
  },
);
