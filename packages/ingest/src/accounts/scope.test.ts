/** What a caller may not read does not exist for it: sensitive fields for viewers, devices of other groups. */
import { digestOf, problemBody } from "@rollcall/protocol";
import t from "tap";
import { Inventory, type Parameters } from "../testing/inventory-questions.ts";
import { machine, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const ada = await told(server, {}, { group: "office" });
await told(server, { hostname: "bob", serial: "SN-BOB", packages: ["vim 9.1"] }, { group: "office" });

const as = async (options: Readonly<Record<string, unknown>>) =>
  new Inventory(server, await server.apiToken(options));
const everybody = new Inventory(server);
const viewer = await as({ role: "viewer" });

const secrets = ["SN-ADA-1", "02:00:00:00:00:01", "192.168.7.1"];
const sections = machine();

t.test("gives a viewer null for every sensitive field, and names it", async (t) => {
  const { items } = await viewer.devices({ q: "host:ada" });
  t.match(items, [{ hostname: "ada", model: "Analytical 12", serial: null, masked: ["serial"] }]);
  t.match((await viewer.named("ada")).items, items);
  const device = await viewer.device(ada.device);
  t.same(device.masked?.toSorted(), [
    "consent.grants[].by",
    "consentHistory[].grant.by",
    "sections.memory.modules[].serial",
    "sections.network.interfaces[].addresses",
    "sections.network.interfaces[].mac",
    "sections.system.serial",
    "serial",
  ]);
  t.same(
    Object.entries(device.sections).map(([name, { document }]) => [name, document]),
    [
      ["memory", { modules: [{ serial: null, slot: "DIMM 0" }], total: 16 * 2 ** 30 }],
      ["network", { interfaces: [{ addresses: null, mac: null, name: "eth0" }] }],
      ["operating-system", sections["operating-system"].document],
      ["software.deb", sections["software.deb"].document],
      ["system", { manufacturer: "Babbage", model: "Analytical 12", serial: null }],
    ],
  );
  const digests = Object.entries(device.sections).map(([name, { digest }]) => [name, digest]);
  t.same(Object.fromEntries(digests), {
    memory: null,
    network: null,
    "operating-system": digestOf(sections["operating-system"].document),
    "software.deb": digestOf(sections["software.deb"].document),
    system: null,
  });
  t.same([...new Set(device.consent.grants.map(({ by }) => by))], [null]);
  const everything = JSON.stringify([items, device]);
  for (const secret of [...secrets, digestOf(sections.system.document)]) t.notMatch(everything, secret);
});

for (const role of ["operator", "admin", "privacy-officer"] as const) {
  t.test(`gives ${role} every field`, async (t) => {
    const reader = await as({ role });
    t.match((await reader.devices({ q: "serial:SN-ADA-1" })).items, [
      { hostname: "ada", serial: "SN-ADA-1" },
    ]);
    const device = await reader.device(ada.device);
    t.equal(device.masked, undefined);
    t.same(device.sections.system?.document, sections.system.document);
    t.equal(device.sections.system?.digest, digestOf(sections.system.document));
    t.equal((await reader.facets({ field: "mac" })).items.length, 1);
  });
}

t.test("treats a sensitive field that a viewer asks about as one that there is not", async (t) => {
  /** Status and words, without the field and what is suggested in its place. */
  const refusal = async (path: string, parameters: (field: string) => Parameters, field: string) => {
    const { status, body } = await viewer.get(path, parameters(field));
    const { detail = "" } = problemBody.parse(body);
    const [words = "", suggested = ""] = detail.replace(`"${field}"`, "FIELD").split("; ");
    return { answer: `${status} ${words}`, suggested };
  };
  const questions: readonly (readonly [string, (field: string) => Parameters])[] = [
    ["devices", (field) => ({ q: `${field}:x` })],
    ["devices", (field) => ({ q: `-${field}:x` })],
    ["software", (field) => ({ deviceQ: `${field}:x` })],
    ["facets", (field) => ({ field })],
    ["facets", (field) => ({ field: "os", q: `${field}:x` })],
    ["devices", (field) => ({ sort: field })],
  ];
  for (const field of ["serial", "mac", "ip"]) {
    for (const [path, parameters] of questions) {
      const { answer, suggested } = await refusal(path, parameters, field);
      const unknown = await refusal(path, parameters, "zzzzzzzz");
      t.match(answer, /^400 /);
      t.equal(answer, unknown.answer, `${path} ${JSON.stringify(parameters(field))}`);
      t.notMatch(suggested + unknown.suggested, new RegExp(`\\b${field}\\b`));
    }
  }
  for (const secret of secrets) {
    t.same((await viewer.named(secret)).items, [], secret);
    t.same(await viewer.found(`"${secret}"`), [], secret);
  }
  t.equal((await everybody.named("SN-ADA-1")).items.length, 1);
});

t.test("gives a token of several groups what each of them gives, and no more", async (t) => {
  await told(server, { hostname: "hidden" }, { group: "secret" });
  const both = await as({ role: "operator", groups: ["secret", "office", "secret"] });
  const hosts = async (of: Inventory) => (await of.found("")).toSorted();
  const one = async (group: string) => hosts(await as({ role: "operator", group }));
  await told(server, { hostname: "third" }, { group: "third" });
  t.same(await hosts(both), [...(await one("office")), ...(await one("secret"))].toSorted());
  t.same(await one("third"), ["third"]);
});

t.test("gives a group that has no device nothing, and a cursor no more than its own", async (t) => {
  const nowhere = await as({ role: "admin", group: "nowhere" });
  t.same(await nowhere.found(""), []);
  t.equal((await nowhere.devices()).total, 0);
  t.same((await nowhere.software()).items, []);
  t.same((await nowhere.facets({ field: "group" })).items, []);
  t.equal((await nowhere.get(`devices/${ada.device}`)).status, 404);
  const { next } = await everybody.devices({ limit: 1 });
  t.equal((await nowhere.get("devices", { limit: 1, cursor: next ?? "" })).status, 400);
  t.notMatch(Buffer.from(next ?? "", "base64url").toString("latin1"), /ordinal/);
  const lengths = new Set<number>();
  await everybody.walk(
    async (parameters) => {
      const page = await everybody.devices(parameters);
      if (page.next !== null) lengths.add(page.next.length);
      return page;
    },
    { limit: 1 },
  );
  t.equal(lengths.size, 1, "the ordinals 1 to 14 have different lengths, their cursors have not");
});
