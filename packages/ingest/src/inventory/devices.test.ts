/** The device list: what a query finds, member for member. */
import { agentApplication } from "@rollcall/protocol";
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, ok, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const GiB = 2 ** 30;

const server = await TestServer.start();
t.teardown(() => server.remove());
const inventory = new Inventory(server);

t.test("lists nobody where nobody has enrolled", async (t) => {
  const { asOf, ...page } = await inventory.devices();
  t.same(page, { items: [], next: null, total: 0 });
  t.ok(Math.abs(Date.parse(asOf) - Date.now()) < 60_000, asOf);
});

t.test("tells of each device what the contract promises", async (t) => {
  const before = new Date().toISOString();
  const bare = await server.device({ group: "bare" });
  const enrolled = await inventory.devices();
  t.same(
    enrolled.items.map(({ firstSeenAt, lastSeenAt, ...device }) => device),
    [
      {
        id: bare.device,
        hostname: null,
        manufacturer: null,
        model: null,
        serial: null,
        os: { name: null, version: null },
        groups: ["bare"],
        country: null,
        applications: [{ number: agentApplication, version: "0.1.0", channel: "stable" }],
        state: "active",
      },
    ],
  );
  const ada = await told(server, {}, { group: "office" });
  await ada.checkedIn({
    applications: [
      { number: agentApplication, version: "0.2.0" },
      { number: "till", version: "7.1", channel: "beta" },
    ],
  });
  const after = new Date().toISOString();
  const { items, next, total } = await inventory.devices({ q: "group:office" });
  const { firstSeenAt = "", lastSeenAt = "", ...device } = items[0] ?? {};
  t.same([items.length, next, total], [1, null, 1]);
  t.same(device, {
    id: ada.device,
    hostname: "ada",
    manufacturer: "Babbage",
    model: "Analytical 12",
    serial: "SN-ADA-1",
    os: { name: "Debian", version: "12.11" },
    groups: ["office"],
    country: null,
    applications: [
      { number: agentApplication, version: "0.2.0", channel: "stable" },
      { number: "till", version: "7.1", channel: "beta" },
    ],
    state: "active",
  });
  t.ok(
    before <= firstSeenAt && firstSeenAt < lastSeenAt && lastSeenAt <= after,
    `${firstSeenAt} ${lastSeenAt}`,
  );
});

t.test("finds by words, fields and numbers, each of them negated too", async (t) => {
  const grace = { hostname: "grace", serial: "SN-GRACE-1", model: "ThinkPad T14", memory: 8 * GiB };
  await told(server, { ...grace, mac: "02:00:00:00:00:02", address: "10.1.2.3/8", packages: ["vim 9.1"] });
  const cases: Readonly<Record<string, readonly string[]>> = {
    "": ["ada", "grace"],
    grac: ["grace"],
    GRACE: ["grace"],
    "-grace": ["ada"],
    debian: ["ada", "grace"],
    "debian -thinkpad": ["ada"],
    '"ThinkPad T14"': ["grace"],
    zlib1: ["ada"],
    "os:debian": ["ada", "grace"],
    "os.version:12.11 host:ada": ["ada"],
    "host:ad": [],
    'model:"thinkpad t14"': ["grace"],
    "-model:thinkpad": ["ada", "grace"],
    "vendor:babbage -host:ada": ["grace"],
    "serial:sn-ada-1": ["ada"],
    "serial:SN-ADA-1-M": ["ada"],
    "mac:02:00:00:00:00:02": ["grace"],
    "ip:10.1.2.3": ["grace"],
    "software:openssl": ["ada"],
    "-software:openssl": ["grace"],
    "software:openssl software:zlib1g": ["ada"],
    "software:openssl software:vim": [],
    "memory:8GiB": ["grace"],
    "memory:>8GiB": ["ada"],
    "memory:>=8GiB": ["ada", "grace"],
    "memory:<17179869184": ["grace"],
    "-memory:<=16GiB": [],
    "memory:>9gb memory:<18g": ["ada"],
    "group:office": ["ada"],
    "-group:office -group:bare": ["grace"],
    "group:nowhere": [],
  };
  for (const [q, hosts] of Object.entries(cases)) {
    t.same((await inventory.found(`${q} -group:bare`)).toSorted(), hosts, q);
    const { total, items } = await inventory.devices({ q: `${q} -group:bare`, limit: 1 });
    t.same([total, items.length], [hosts.length, Math.min(hosts.length, 1)], q);
  }
});

t.test("finds a device that said nothing by what is not so", async (t) => {
  t.same(await inventory.found("-os:debian"), [null]);
  t.same(await inventory.found("-debian -memory:>0"), [null]);
});

t.test("calls devices active, stale and silent as the time passes", async (t) => {
  const states = async () => (await inventory.devices({ q: "host:ada" })).items.map(({ state }) => state);
  const interval = 3_607_000;
  t.teardown(() => {
    server.ahead = 0;
  });
  for (const [ahead, state] of [
    [3 * interval - 60_000, "active"],
    [3 * interval + 1, "stale"],
    [30 * 86_400_000 - 60_000, "stale"],
    [30 * 86_400_000 + 1, "silent"],
  ] as const) {
    server.ahead = ahead;
    t.same(await states(), [state], String(ahead));
  }
});

t.test("shows the readings of a device, and what it has to tell of each section", async (t) => {
  const linus = await told(server, { hostname: "linus", serial: "SN-LINUS" }, { grant: "inventory" });
  await linus.checkedIn({
    stateDigest: linus.stateDigest,
    readings: {
      "operating-system": { uptimeSeconds: 77 },
      storage: { "/": { free: 12_345 }, __proto__: { free: 1 } },
    },
  });
  await linus.sent({
    storage: { schema: 1, status: "tool-missing" },
    memory: { schema: 1, status: "failed" },
  });
  const {
    asOf,
    firstSeenAt,
    lastSeenAt,
    consent,
    consentHistory: _,
    sections,
    readings,
    ...device
  } = await inventory.device(linus.device);
  t.same(device, {
    id: linus.device,
    hostname: "linus",
    manufacturer: "Babbage",
    model: "Analytical 12",
    serial: "SN-LINUS",
    os: { name: "Debian", version: "12.11" },
    groups: ["default"],
    country: null,
    applications: [{ number: agentApplication, version: "0.1.0", channel: "stable" }],
    state: "active",
    ownership: "personal",
    flags: [],
    location: null,
    corrections: [],
    requests: [],
    notes: [],
    possibleDuplicates: [],
  });
  t.same(consent, { consentNumber: 2, grants: linus.grants });
  const at = lastSeenAt;
  t.strictSame(JSON.parse(JSON.stringify(readings)), {
    "operating-system": { uptimeSeconds: { value: 77, at } },
    storage: { "/": { free: { value: 12_345, at } } },
  });
  const own = machine({ hostname: "linus", serial: "SN-LINUS" });
  t.same(
    Object.entries(sections).map(([name, { status, document }]) => [name, status, document]),
    [
      ["memory", "failed", own.memory.document],
      ["network", "ok", own.network.document],
      ["operating-system", "ok", own["operating-system"].document],
      ["software.deb", "ok", own["software.deb"].document],
      ["storage", "tool-missing", undefined],
      ["system", "ok", own.system.document],
    ],
  );
});

t.test("knows no device by an id that is none, and does not say why", async (t) => {
  for (const id of [`dev_${"a".repeat(26)}`, "dev_", "x", "%00", "1", "ins_1", "__proto__"]) {
    const { status, body } = await inventory.get(`devices/${id}`);
    t.match([status, body], [404, { code: "not-found", detail: "There is no device with this id." }], id);
  }
});

t.test("finds devices by what people call them", async (t) => {
  const [one, two] = [await told(server, { hostname: "Twin" }), await told(server, { hostname: "twin" })];
  const ids = async (name: string) => (await inventory.named(name)).items.map(({ id }) => id).toSorted();
  t.same(await ids("TWIN"), [one.device, two.device].toSorted());
  t.same(await ids(one.device), [one.device]);
  t.same(await ids(one.device.slice(0, 20)), [one.device]);
  t.same(await ids("sn-linus"), [(await inventory.devices({ q: "host:linus" })).items[0]?.id]);
  const all = (await inventory.devices()).items.map(({ id }) => id);
  t.same(await ids("dev_"), all.toSorted());
  t.same(await ids("dev_%"), []);
  t.same(await ids("twi"), []);
  await two.sent({ "operating-system": ok({ hostname: one.device.slice(0, 29) }) });
  t.same(await ids(one.device.slice(0, 29)), [one.device]);
  t.same(await ids("dev_nobody"), []);
});
