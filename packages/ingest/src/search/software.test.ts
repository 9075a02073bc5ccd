/** Software titles and facets: what there is, on how many devices, page by page. */
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { ok, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const inventory = new Inventory(server);

const GiB = 2 ** 30;
const ada = await told(server, { packages: ["openssl 3.0.17-1", "zlib1g 1.2.13", "Ünïx 1"] });
await told(server, { hostname: "bob", packages: ["openssl 3.0.15-1", "zlib1g 1.2.13"], memory: 8 * GiB });
await told(
  server,
  { hostname: "cyd", packages: ["openssl 3.0.17-1", "openssl-dev 3.0.17-1"], memory: 8 * GiB },
  { group: "lab" },
);

const title = (name: string, version: string, devices: number) => ({ source: "deb", name, version, devices });
const everything = [
  title("openssl", "3.0.15-1", 1),
  title("openssl", "3.0.17-1", 2),
  title("openssl-dev", "3.0.17-1", 1),
  title("zlib1g", "1.2.13", 2),
  title("Ünïx", "1", 1),
];

t.test("lists titles by name with each version and how many devices have it", async (t) => {
  const { asOf, ...page } = await inventory.software();
  t.same(page, { items: everything, next: null });
  t.ok(Date.parse(asOf));
});

t.test("lists titles by how many devices have them, page by page", async (t) => {
  const byCount = [1, 3, 0, 2, 4].map((at) => everything[at]);
  const { asOf, ...page } = await inventory.software({ sort: "devices" });
  t.same(page, { items: byCount, next: null, order: "devices" });
  t.same(await inventory.walk(inventory.software, { sort: "devices", limit: 2 }), byCount);
  const { next } = await inventory.software({ sort: "devices", limit: 2, exact: "true" });
  const elsewhere = await inventory.get("software", { cursor: next ?? "" });
  t.equal(outcomeOf(elsewhere), "400 cursor-invalid");
  t.same((await inventory.software({ sort: "devices", q: "ssl", deviceQ: "group:lab" })).items, [
    title("openssl", "3.0.17-1", 1),
    title("openssl-dev", "3.0.17-1", 1),
  ]);
});

t.test("finds titles by parts of their names, in any case, all of which have to be there", async (t) => {
  const found = async (q: string, deviceQ = "") =>
    (await inventory.software({ q, deviceQ })).items.map(({ name, version }) => `${name} ${version}`);
  t.same(await found("SSL-"), ["openssl-dev 3.0.17-1"]);
  t.same(await found("open dev"), ["openssl-dev 3.0.17-1"]);
  t.same(await found("  z1  g "), []);
  t.same(await found(" lib\tg "), ["zlib1g 1.2.13"]);
  t.same(await found("ünÏX"), ["Ünïx 1"]);
  t.same(await found("u\u0308ni\u0308x"), ["Ünïx 1"]);
  t.same(await found("3.0.17"), []);
  t.same(await found("openssl", "host:bob"), ["openssl 3.0.15-1"]);
  t.same(await found("", "-software:zlib1g"), ["openssl 3.0.17-1", "openssl-dev 3.0.17-1"]);
});

t.test("counts only the devices that the query finds", async (t) => {
  const { items } = await inventory.software({ q: "openssl", deviceQ: "memory:8GiB" });
  t.same(items, [
    title("openssl", "3.0.15-1", 1),
    title("openssl", "3.0.17-1", 1),
    title("openssl-dev", "3.0.17-1", 1),
  ]);
});

t.test("counts a device once for a title that it has twice", async (t) => {
  const twice = await told(server, { hostname: "dan" }, { group: "twice" });
  const packages = ["amd64", "i386"].map((architecture) => ({
    architecture,
    name: "openssl",
    version: "3.0.17-1",
  }));
  await twice.sent({ "software.deb": ok({ packages }) });
  const { items } = await inventory.software({ deviceQ: "group:twice" });
  t.same(items, [title("openssl", "3.0.17-1", 1)]);
  t.same((await inventory.facets({ field: "software", q: "group:twice" })).items, [
    { value: "openssl", devices: 1 },
  ]);
  await twice.sent({ "software.deb": ok({}) });
});

t.test("tells a title without a version, and one with several on one device", async (t) => {
  const packages = [
    { architecture: "all", name: "plain" },
    { architecture: "amd64", name: "linux", version: "6.1" },
    { architecture: "arm64", name: "linux", version: "6.12" },
  ];
  const eve = await told(server, { hostname: "eve" }, { group: "eve" });
  await eve.sent({ "software.deb": ok({ packages }) });
  t.same((await inventory.software({ deviceQ: "group:eve" })).items, [
    title("linux", "6.1", 1),
    title("linux", "6.12", 1),
    title("plain", "", 1),
  ]);
  t.same(await inventory.found("software:linux"), ["eve"]);
  await eve.sent({ "software.deb": ok({}) });
});

t.test("pages through titles and facet values, each once", async (t) => {
  for (const limit of [1, 2, 5]) {
    t.same(await inventory.walk(inventory.software, { limit }), everything, `titles, ${limit} a page`);
    const values = await inventory.walk(inventory.facets, { field: "software", limit });
    t.same(
      values,
      [
        { value: "openssl", devices: 3 },
        { value: "zlib1g", devices: 2 },
        { value: "openssl-dev", devices: 1 },
        { value: "Ünïx", devices: 1 },
      ],
      `values, ${limit} a page`,
    );
  }
});

t.test("lists the values of a field, the most frequent first", async (t) => {
  const facet = async (field: string, q = "") => (await inventory.facets({ field, q })).items;
  const there = "-group:eve -group:twice";
  t.same(await facet("memory", there), [
    { value: 8 * GiB, devices: 2 },
    { value: 16 * GiB, devices: 1 },
  ]);
  t.same(await facet("group"), [
    { value: "default", devices: 2 },
    { value: "eve", devices: 1 },
    { value: "lab", devices: 1 },
    { value: "twice", devices: 1 },
  ]);
  t.same(await facet("os", there), [{ value: "Debian", devices: 3 }]);
  t.same(await facet("host", "memory:8GiB"), [
    { value: "bob", devices: 1 },
    { value: "cyd", devices: 1 },
  ]);
  t.same(await facet("kernel"), []);
  t.same(await facet("group", "group:nowhere"), []);
});

t.test("takes spellings that differ only in case for one value", async (t) => {
  const frank = await told(server, { hostname: "frank", model: "ANALYTICAL 12" });
  const { items } = await inventory.facets({ field: "model", q: "host:ada" });
  t.same(items, [{ value: "Analytical 12", devices: 1 }]);
  t.same((await inventory.facets({ field: "model" })).items, [{ value: "ANALYTICAL 12", devices: 6 }]);
  await frank.sent({ system: ok({}) });
});

t.test("knows no facet of a field that there is not", async (t) => {
  for (const field of ["cats", "", "version", "words", "search_texts", "__proto__", "x".repeat(65), "Os"])
    t.match(
      outcomeOf(await inventory.get("facets", { field })),
      /^400 (query-invalid|invalid-request)$/,
      field,
    );
  t.equal(outcomeOf(await inventory.get("facets")), "400 invalid-request");
  t.equal(outcomeOf(await inventory.get("facets", { field: "os", limit: 0 })), "400 invalid-request");
  t.equal(outcomeOf(await inventory.get("software", { q: "x".repeat(257) })), "400 invalid-request");
});

t.test("takes fresh=true on every question, and nothing else for it", async (t) => {
  await ada.sent({ system: ok({ model: "Brand new" }) });
  for (const [path, parameters] of [
    ["devices", {}],
    ["software", {}],
    ["facets", { field: "model" }],
  ] as const) {
    t.equal(outcomeOf(await inventory.get(path, { ...parameters, fresh: "true" })), "200");
    t.equal(outcomeOf(await inventory.get(path, { ...parameters, fresh: "maybe" })), "400 invalid-request");
  }
});
