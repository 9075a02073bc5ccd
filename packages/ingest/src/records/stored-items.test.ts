/** The items of lists in a running server's store: each once, read back to the byte, and gone with the last who had it. */
import { canonical } from "@rollcall/protocol";
import t from "tap";
import { alter, holding } from "../testing/altered-database.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, told } from "../testing/machine.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";
import { longItem } from "./item-text.ts";

const packages = (...texts: string[]) => ({ "software.deb": machine({ packages: texts })["software.deb"] });
const openssl = "openssl 3.0.17-1";
const zlib = "zlib1g 1.2.13";

/** Name and version of every package that is stored as an item, sorted. */
const stored = (server: TestServer): Promise<string[]> =>
  holding(server, async (queries) => {
    const rows = await queries
      .selectFrom("items")
      .select("body")
      .where("section", "=", "software.deb")
      .execute();
    return rows
      .map(({ body }) => {
        // As `packages` makes them.
        const { name, version } = JSON.parse(longItem(body)) as { name: string; version: string };
        return `${name} ${version}`;
      })
      .sort();
  });

/** A document as the API shows it, or what is told in its place. */
async function shown(
  server: TestServer,
  { device }: SimulatedDevice,
  name = "software.deb",
): Promise<unknown> {
  const { sections } = await new Inventory(server).device(device);
  const { document, fault } = sections[name] ?? {};
  return document ?? fault;
}

const isSame = (one: unknown, other: unknown) => canonical(one) === canonical(other);

async function changed(device: SimulatedDevice, sections: Readonly<Record<string, unknown>>): Promise<void> {
  await device.newSession();
  await device.checkedIn();
  await device.sent(sections);
}

t.test("stores an item once, whoever has it, and gives each device its own document back", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const devices = [
    await told(server, { packages: [openssl, zlib] }),
    await told(server, { hostname: "bob", serial: "SN-BOB", packages: [zlib, openssl, "vim 9.1"].sort() }),
    await told(server, { hostname: "cleo", serial: "SN-CLEO", packages: [zlib] }),
  ];
  t.strictSame(await stored(server), [openssl, "vim 9.1", zlib]);
  const expected = [packages(openssl, zlib), packages(openssl, "vim 9.1", zlib), packages(zlib)];
  for (const [at, device] of devices.entries())
    t.ok(isSame(await shown(server, device), expected[at]?.["software.deb"].document));
});

t.test("keeps a device's own of an item with the device", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const item = { architecture: "amd64", name: "vim", version: "9.1" };
  const documents = ["2026-01-02T03:04:05Z", "2025-12-24T00:00:00Z"].map((installedAt) => ({
    packages: [{ ...item, automatic: true, installedAt }],
  }));
  for (const document of documents) {
    const device = await told(server);
    await device.sent({ "software.deb": { schema: 1, status: "ok", document } });
    t.ok(isSame(await shown(server, device), document));
  }
  const all = await holding(server, (queries) => queries.selectFrom("items").select("body").execute());
  t.notMatch(all.map(({ body }) => body).join(), /installedAt|automatic|2026|2025/);
});

t.test("lets what only one device ever had go with its change, its consent and its deletion", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  await told(server, { packages: [zlib] });
  const device = await told(server, {
    hostname: "bob",
    packages: ["bob-only 1", "bob-later 1", zlib].sort(),
  });
  t.strictSame(await stored(server), ["bob-later 1", "bob-only 1", zlib]);
  await changed(device, packages("bob-later 1", zlib));
  t.strictSame(await stored(server), ["bob-later 1", zlib], "a change");
  await changed(device, packages("bob-later 2", zlib));
  t.strictSame(await stored(server), ["bob-later 2", zlib], "another");
  await device.newSession();
  const { status } = await device.putConsent(device.grants.filter(({ category }) => category !== "software"));
  t.equal(status, 200);
  t.strictSame(await stored(server), [zlib], "a withdrawal");
  const other = await told(server, { hostname: "cleo", packages: ["cleo-only 1", zlib] });
  t.strictSame(await stored(server), ["cleo-only 1", zlib]);
  await server.admin("DELETE", `/api/v1/devices/${other.device}`, { confirm: other.device });
  t.strictSame(await stored(server), [zlib], "a deletion");
});

t.test("calls a document damaged whose item is not what it was, and shows everything else", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const whole = await told(server, { packages: [zlib] });
  const device = await told(server, { hostname: "bob", packages: [openssl, zlib] });
  const item = `section = 'software.deb' and body like '%openssl%'`;
  await alter(server, `update items set body = replace(body, '3.0.17', '3.0.18') where ${item}`);
  t.equal(await shown(server, device), "damaged");
  t.ok(isSame(await shown(server, device, "memory"), machine().memory.document), "another section");
  t.ok(isSame(await shown(server, whole), packages(zlib)["software.deb"].document), "another device");
  await alter(server, `delete from items where ${item}`);
  t.equal(await shown(server, device), "damaged", "an item that is not there");
  const history = await server.admin("GET", `/api/v1/devices/${device.device}/history`);
  t.match(history.body, {
    items: [{ section: "memory" }, {}, {}, { section: "software.deb", fault: "damaged" }],
  });
  await changed(device, packages(openssl, "vim 9.1"));
  t.ok(
    isSame(await shown(server, device), packages(openssl, "vim 9.1")["software.deb"].document),
    "told anew",
  );
});

t.test("reads what an earlier version stored whole, and takes it apart when it changes", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  // More items than are looked up one by one stay with their document, as all did before.
  const many = Array.from({ length: 4_200 }, (_, at) => `package-${String(at).padStart(5, "0")} 1`);
  const device = await told(server, { packages: many });
  t.strictSame(await stored(server), []);
  t.ok(isSame(await shown(server, device), packages(...many)["software.deb"].document));
  await changed(device, packages(zlib));
  t.strictSame(await stored(server), [zlib]);
  const [now] = await holding(server, (queries) =>
    queries.selectFrom("section_history").select("whole").execute(),
  );
  t.same(now, { whole: 1 }, "history has it as it was");
});
