/** The index follows the documents: what changed, vanished or was withdrawn is found as it is now, at once. */
import type { Grant } from "@rollcall/protocol";
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, ok, told } from "../testing/machine.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const inventory = new Inventory(server);

/** Everything that a section leaves traces in, of the one device in this group. */
async function traces(group: string) {
  const q = `group:${group}`;
  const facet = async (field: string) =>
    (await inventory.facets({ field, q })).items.map(({ value }) => value);
  const [device] = (await inventory.devices({ q })).items;
  const titles = await inventory.software({ deviceQ: q });
  return {
    columns: [device?.hostname, device?.model, device?.serial, device?.os.version],
    titles: titles.items.map(({ name, version }) => `${name} ${version}`),
    hosts: await facet("host"),
    models: await facet("model"),
    serials: await facet("serial"),
    memory: await facet("memory"),
    addresses: await facet("ip"),
  };
}

const asTold = {
  columns: ["ada", "Analytical 12", "SN-ADA-1", "12.11"],
  titles: ["openssl 3.0.17-1", "zlib1g 1.2.13"],
  hosts: ["ada"],
  models: ["Analytical 12"],
  serials: ["SN-ADA-1", "SN-ADA-1-M"],
  memory: [16 * 2 ** 30],
  addresses: ["192.168.7.1"],
};
const nothing = {
  columns: [null, null, null, null],
  titles: [],
  hosts: [],
  models: [],
  serials: [],
  memory: [],
  addresses: [],
};

let groups = 0;
async function newDevice(): Promise<{ device: SimulatedDevice; group: string }> {
  const group = `g${++groups}`;
  return { device: await told(server, {}, { group }), group };
}

t.test("finds nothing of the old document and all of the new", async (t) => {
  const { device, group } = await newDevice();
  t.same(await traces(group), asTold);
  const {
    "operating-system": os,
    "software.deb": software,
    system,
  } = machine({
    hostname: "lovelace",
    serial: "SN-2",
    model: "Difference",
    packages: ["openssl 3.0.18-1"],
  });
  await device.sent({ "operating-system": os, "software.deb": software, system });
  t.same(await traces(group), {
    ...asTold,
    columns: ["lovelace", "Difference", "SN-2", "12.11"],
    titles: ["openssl 3.0.18-1"],
    hosts: ["lovelace"],
    models: ["Difference"],
    serials: ["SN-2", "SN-ADA-1-M"],
  });
  const sorted = (await inventory.devices({ sort: "-hostname", limit: 1 })).items;
  t.same(
    sorted.map(({ hostname }) => hostname),
    ["lovelace"],
  );
  t.same(await inventory.found(`ada group:${group}`), []);
});

t.test("drops a field that a document no longer has", async (t) => {
  const { device, group } = await newDevice();
  await device.sent({ system: ok({ serial: "SN-ADA-1" }), "operating-system": ok({ name: "Debian" }) });
  t.same(await traces(group), {
    ...asTold,
    columns: [null, null, "SN-ADA-1", null],
    hosts: [],
    models: [],
  });
});

t.test(
  "keeps what was found when a section fails, and drops it when there is nothing any more",
  async (t) => {
    const { device, group } = await newDevice();
    const as = (status: string) =>
      Object.fromEntries(Object.keys(machine()).map((name) => [name, { schema: 1, status }]));
    for (const status of ["failed", "timed-out", "denied", "tool-missing", "unsupported"]) {
      await device.sent(as(status));
      t.same(await traces(group), asTold, status);
    }
    await device.sent(as("none"));
    t.same(await traces(group), nothing);
    await device.sent(machine());
    t.same(await traces(group), asTold);
    await device.sent(as("not-consented"));
    t.same(await traces(group), nothing);
  },
);

t.test("drops sections that a whole state does not name", async (t) => {
  const { device, group } = await newDevice();
  const { system, memory } = machine();
  await device.sent({ system, memory }, { baseStateDigest: null });
  t.same(await traces(group), {
    ...nothing,
    columns: [null, "Analytical 12", "SN-ADA-1", null],
    models: asTold.models,
    serials: asTold.serials,
    memory: asTold.memory,
  });
});

t.test("finds nothing of a category from the moment on that its consent is withdrawn", async (t) => {
  const { device, group } = await newDevice();
  const without = async (category: string) => {
    const grants: readonly Grant[] = device.grants.filter((grant) => grant.category !== category);
    const { status } = await device.putConsent(grants);
    t.equal(status, 200);
    device.grants = grants;
    device.consentNumber += 1;
    return traces(group);
  };
  const { columns, titles, hosts, ...rest } = asTold;
  t.same(await without("software"), { ...asTold, titles: [] });
  t.same(await without("system"), {
    ...rest,
    columns: [null, ...columns.slice(1, 3), null],
    titles: [],
    hosts: [],
  });
  t.same(await without("hardware"), { ...nothing, addresses: asTold.addresses });
  t.same(await without("network"), nothing);
});

t.test("leaves what it had of a section that is refused", async (t) => {
  const { device, group } = await newDevice();
  const { refused } = await device.sent({ system: ok({ model: 7 }), memory: ok({ total: 5 }) });
  t.same(
    refused.map(({ section }) => section),
    ["system"],
  );
  t.same(await traces(group), { ...asTold, memory: [5], serials: ["SN-ADA-1"] });
});
