/** Pages of the device list: every order, every device once, and cursors that are good for one question only. */
import t from "tap";
import { Inventory, type Parameters } from "../testing/inventory-questions.ts";
import { ok, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const inventory = new Inventory(server);

/** By order of enrolment; several have one name, written in several ways, and three have none. */
const names = ["mike", "ÄRGER", "Same", null, "same", "zulu", null, "SAME", "alpha", "sａme", null, "ärger"];
const ids: string[] = [];
for (const hostname of names)
  ids.push((await (hostname === null ? server.device() : told(server, { hostname }))).device);

const walk = async (parameters: Parameters, between?: () => Promise<unknown>) =>
  (await inventory.walk(inventory.devices, parameters, between)).map(({ id }) => id);

/** As `names` are sorted: folded, by code unit, those that are equal by enrolment. */
const byName = [3, 6, 10, 8, 0, 2, 4, 7, 9, 5, 1, 11].map((at) => ids[at]);

for (const limit of [1, 2, 5, 12, 1_000]) {
  t.test(`lists every device once, in every order, ${limit} a page`, async (t) => {
    t.same(await walk({ limit }), ids);
    t.same(await walk({ limit, sort: "enrolled" }), ids);
    t.same(await walk({ limit, sort: "-enrolled" }), ids.toReversed());
    t.same(await walk({ limit, sort: "hostname" }), byName);
    t.same(await walk({ limit, sort: "-hostname" }), byName.toReversed());
    const seen = await inventory.devices({ sort: "lastSeenAt" });
    t.same(
      seen.items.map(({ lastSeenAt }) => lastSeenAt),
      seen.items.map(({ lastSeenAt }) => lastSeenAt).toSorted(),
    );
    t.same(
      await walk({ limit, sort: "lastSeenAt" }),
      seen.items.map(({ id }) => id),
    );
    t.same(await walk({ limit, sort: "-lastSeenAt" }), seen.items.map(({ id }) => id).toReversed());
    t.same(
      await walk({ limit, q: "host:same" }),
      [2, 4, 7, 9].map((at) => ids[at]),
    );
  });
}

t.test("tells on every page how many there are in all", async (t) => {
  const first = await inventory.devices({ limit: 7 });
  const second = await inventory.devices({ limit: 7, cursor: first.next ?? "" });
  t.same([first.items.length, first.total, second.items.length, second.total], [7, 12, 5, 12]);
  t.equal(second.next, null);
});

t.test("lists every device once while others enrol", async (t) => {
  for (const [sort, hostname] of [
    ["hostname", "same"],
    ["-hostname", "same"],
    ["enrolled", "x"],
    ["-enrolled", "x"],
    ["lastSeenAt", "x"],
    ["-lastSeenAt", "x"],
  ] as const) {
    const there = (await inventory.devices({ limit: 1_000 })).items.map(({ id }) => id);
    const listed = await walk({ limit: 9, sort }, () => told(server, { hostname }).then(() => undefined));
    t.equal(new Set(listed).size, listed.length, sort);
    t.same(
      there.filter((id) => !listed.includes(id)),
      [],
      sort,
    );
  }
});

t.test("takes a cursor for the question that it belongs to, and for no other", async (t) => {
  const viewer = new Inventory(server, await server.apiToken({ role: "viewer" }));
  const operator = new Inventory(server, await server.apiToken({ role: "operator" }));
  const admin = new Inventory(server, await server.apiToken({ role: "admin" }));
  const grouped = new Inventory(server, await server.apiToken({ role: "admin", group: "default" }));
  const question = { q: "os:debian", sort: "hostname", limit: 2 };
  const { next } = await operator.devices(question);
  const cursor = next ?? "";
  const outcome = async (who: Inventory, path: string, parameters: Parameters) =>
    outcomeOf(await who.get(path, { ...parameters, cursor }));
  t.equal(await outcome(operator, "devices", question), "200");
  t.equal(await outcome(admin, "devices", { ...question, limit: 3 }), "200");
  const wrong: readonly (readonly [Inventory, string, Parameters])[] = [
    [operator, "devices", { ...question, q: "os:debian " }],
    [operator, "devices", { ...question, q: "" }],
    [operator, "devices", { ...question, sort: "-hostname" }],
    [operator, "devices", { limit: 2 }],
    [viewer, "devices", question],
    [grouped, "devices", question],
    [operator, "software", { deviceQ: "os:debian" }],
    [operator, "facets", { field: "os", q: "os:debian" }],
  ];
  for (const [who, path, parameters] of wrong)
    t.equal(
      await outcome(who, path, parameters),
      "400 cursor-invalid",
      `${path} ${JSON.stringify(parameters)}`,
    );
});

t.test(
  "takes no cursor that it did not make, or that is a day old, though it was started again",
  async (t) => {
    const question = { sort: "hostname", limit: 2 };
    const { next } = await inventory.devices(question);
    const cursor = next ?? "";
    const outcome = async (tried: string) =>
      outcomeOf(await inventory.get("devices", { ...question, cursor: tried }));
    const bytes = Buffer.from(cursor, "base64url");
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      t.equal(await outcome(changed.toString("base64url")), "400 cursor-invalid", `byte ${at}`);
    }
    const plain = Buffer.from(JSON.stringify([Date.now(), { value: "", ordinal: 1 }])).toString("base64url");
    for (const tried of ["", "x", plain, `${cursor}=`, `${cursor} `, cursor.slice(0, -2), cursor + cursor])
      t.equal(await outcome(tried), "400 cursor-invalid", tried);
    t.equal(await outcome("x".repeat(8_193)), "400 invalid-request");
    const other = await TestServer.start();
    t.teardown(() => other.remove());
    const there = { ...question, cursor };
    t.equal(outcomeOf(await new Inventory(other).get("devices", there)), "400 cursor-invalid");

    await server.restart();
    t.teardown(() => {
      server.ahead = 0;
    });
    server.ahead = 24 * 3_600_000 - 60_000;
    t.equal(await outcome(cursor), "200");
    server.ahead = 24 * 3_600_000 + 1;
    t.equal(await outcome(cursor), "400 cursor-invalid");
  },
);

t.test("refuses pages and orders that there are not, naming the place", async (t) => {
  for (const limit of ["0", "1001", "-1", "1.5", "x", "", "1e9"]) {
    const { status, body } = await inventory.get("devices", { limit });
    t.match([status, body], [400, { code: "invalid-request", errors: [{ pointer: "/limit" }] }], limit);
  }
  t.equal(outcomeOf(await inventory.get("devices", { limit: 1_000 })), "200");
  for (const sort of ["serial", "-", "", "hostname,enrolled", "hostName", "--enrolled", "__proto__"])
    t.equal(outcomeOf(await inventory.get("devices", { sort })), "400 invalid-request", sort);
  t.equal(
    outcomeOf(await server.admin("GET", "/api/v1/devices?sort=enrolled&sort=hostname")),
    "400 invalid-request",
  );
});

t.test("pages past a name that grows when it is folded", async (t) => {
  const hostname = "\ufdfa".repeat(255);
  const named = [await told(server), await told(server), await told(server)];
  for (const device of named) await device.sent({ "operating-system": ok({ hostname }) });
  const listed = await walk({ limit: 1, sort: "hostname", q: `"${hostname}"` });
  t.same(
    listed,
    named.map(({ device }) => device),
  );
});
