/** Devices that an admin makes one: which record goes on, what is hidden, and that it can be taken back. */
import t, { type Test } from "tap";
import { z } from "zod";
import { machine, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const day = 86_400_000;
const page = z.object({
  items: z.array(z.looseObject({ id: z.string(), hostname: z.string().nullable() })),
  total: z.int(),
});

async function setUp(t: Test) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const list = async (q = "") => {
    const { body } = await server.admin("GET", `/api/v1/devices?fresh=true&q=${encodeURIComponent(q)}`);
    return page.parse(body).items.map(({ id, hostname }) => [id, hostname]);
  };
  const device = (name: string) => told(server, { hostname: name, serial: name }, { group: "lab" });
  const merge = (one: SimulatedDevice, ...others: SimulatedDevice[]) =>
    server.admin("POST", `/api/v1/devices/${one.device}/merge`, {
      with: others.map((other) => other.device),
    });
  const split = (one: SimulatedDevice) => server.admin("POST", `/api/v1/devices/${one.device}/split`);
  const detail = async (one: SimulatedDevice): Promise<Record<string, unknown>> =>
    Object((await server.admin("GET", `/api/v1/devices/${one.device}`)).body);
  return { server, list, device, merge, split, detail };
}

t.test("goes on with the earliest record and the installation that checked in last", async (t) => {
  const { server, list, device, merge, detail } = await setUp(t);
  const [old, again] = [await device("old"), await device("again")];
  server.ahead += 60_000;
  await again.checkedIn();
  const { firstSeenAt } = await detail(old);
  const reply = await merge(again, old);
  t.match(reply.body, { id: old.device, merged: [again.device], undoUntil: String });
  t.same(await list(), [[old.device, "again"]]);
  t.same(await list("host:old"), []);
  t.same(await list("host:again"), [[old.device, "again"]]);
  t.match(await detail(old), {
    firstSeenAt,
    notes: [{ kind: "merged", with: [again.device], living: [], by: "os:tester" }],
  });
  t.equal((await again.checkedIn()).device, old.device);
  await again.sent(machine({ hostname: "renamed", serial: "again" }), { baseStateDigest: null });
  t.same(await list(), [[old.device, "renamed"]]);
});

t.test("takes it back, with what each has told meanwhile", async (t) => {
  const { server, list, device, merge, split } = await setUp(t);
  const [one, two, three] = [await device("one"), await device("two"), await device("three")];
  const before = await list();
  server.ahead += 60_000;
  await three.checkedIn();
  t.equal(outcomeOf(await merge(one, two, three)), "200");
  t.same(await list(), [[one.device, "three"]]);
  await three.sent(machine({ hostname: "three, renamed" }), { baseStateDigest: null });
  t.match((await split(one)).body, { id: one.device, split: [two.device, three.device] });
  t.same(await list(), [...before.slice(0, 2), [three.device, "three, renamed"]]);
  t.equal(outcomeOf(await split(one)), "409 not-merged");
  for (const each of [one, two, three]) t.equal(outcomeOf(await each.checkIn()), "200");
});

t.test("undoes one merge after the other, the latest first", async (t) => {
  const { server, list, device, merge, split } = await setUp(t);
  const [one, two, three] = [await device("one"), await device("two"), await device("three")];
  const before = await list();
  for (const latest of [two, three]) {
    server.ahead += 60_000;
    await latest.checkedIn();
    await merge(one, latest);
  }
  t.same(await list(), [[one.device, "three"]]);
  await split(one);
  t.same(await list(), [
    [one.device, "two"],
    [three.device, "three"],
  ]);
  await split(one);
  t.same(await list(), before);
});

t.test("tells that a device which was merged still checks in, and never deletes it for that", async (t) => {
  const { server, list, device, merge, split, detail } = await setUp(t);
  const [one, two] = [await device("one"), await device("two")];
  const before = await list();
  server.ahead += 60_000;
  await two.checkedIn();
  await merge(one, two);
  server.ahead += 60_000;
  await one.checkedIn();
  t.match(await detail(one), { notes: [{ kind: "merged", living: [two.device] }] });
  server.ahead += 31 * day;
  await server.tend();
  await split(one);
  t.same(await list(), before);
});

t.test("forgets what was merged after thirty days, and knows its key when it turns up late", async (t) => {
  const { server, list, device, merge, split } = await setUp(t);
  const [one, two] = [await device("one"), await device("two")];
  server.ahead += 60_000;
  await two.checkedIn();
  await merge(one, two);
  server.ahead += 30 * day;
  await server.tend();
  t.equal(outcomeOf(await split(one)), "409 not-merged");
  t.same(await list(), [[one.device, "two"]]);
  const session = { installation: one.installation };
  t.equal(
    outcomeOf(await one.prove("session", "/v1/sessions", session, one.installation)),
    "409 identity-in-doubt",
  );
});

t.test("gives the record of a copied device to the copy that an admin names", async (t) => {
  const { server, list, device, merge } = await setUp(t);
  const original = await device("original");
  await original.checkedIn();
  const copy = original.copy();
  copy.counter--;
  await copy.checkIn();
  const [one, two] = [await original.successor(), await original.successor()];
  for (const each of [one, two]) await each.checkedIn();
  server.ahead += 2.1 * 3_607_000;
  await server.tend();
  t.same(
    (await list()).map(([id]) => id),
    [one.device, two.device],
  );
  t.equal(outcomeOf(await merge(two, original)), "200");
  t.same(
    (await list()).map(([id]) => id),
    [original.device, one.device],
  );
});

t.test("deletes with a device what was merged into it", async (t) => {
  const { server, list, device, merge } = await setUp(t);
  const [one, two] = [await device("one"), await device("two")];
  await merge(one, two);
  t.equal(outcomeOf(await server.admin("DELETE", `/api/v1/devices/${one.device}`)), "200");
  t.same(await list(), []);
  for (const { key, installation } of [one, two]) {
    const device = Object.assign(one.copy(), { key });
    const session = await device.prove("session", "/v1/sessions", { installation }, installation);
    t.equal(outcomeOf(session), "410 device-deleted");
  }
});

t.test("merges only what the caller may merge", async (t) => {
  const { server, list, device, merge } = await setUp(t);
  const [one, two] = [await device("one"), await device("two")];
  const other = await told(server, {}, { group: "elsewhere" });
  const post = async (token: string, body: unknown) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const path = `/api/v1/devices/${one.device}/merge`;
    return outcomeOf(await one.send({ method: "POST", path, headers, body: JSON.stringify(body) }));
  };
  const operator = await server.apiToken({ role: "operator", group: "lab" });
  t.equal(await post(await server.apiToken({ role: "viewer" }), { with: [two.device] }), "403 not-permitted");
  t.equal(await post(operator, { with: [two.device, other.device] }), "404 not-found");
  t.equal(await post(operator, { with: [`dev_${"a".repeat(26)}`] }), "404 not-found");
  t.equal(await post(operator, { with: [one.device] }), "400 invalid-request");
  t.equal((await list()).length, 3);
  t.equal(await post(operator, { with: [two.device] }), "200");
  t.equal(outcomeOf(await merge(two, other)), "404 not-found", "what was merged is not there to merge");
});

t.test("leaves a successor alone until its doubt is settled", async (t) => {
  const { server, list, device, merge } = await setUp(t);
  const one = await device("one");
  const copy = one.copy();
  await one.checkedIn();
  t.equal(outcomeOf(await copy.checkIn()), "409 identity-in-doubt");
  const successor = await one.successor();
  await successor.checkedIn();
  const before = await list();
  t.equal(outcomeOf(await merge(one, successor)), "409 not-settled");
  t.same(await list(), before);
  server.ahead += 2.1 * 3_607_000;
  await server.tend();
  t.same(await list(), [[one.device, null]]);
  t.equal(outcomeOf(await merge(one, await device("two"))), "200", "and merges it then");
});

t.test("does not make a person's own device one with an organisation's", async (t) => {
  const { server, list, device, merge } = await setUp(t);
  const [one, own] = [await device("one"), await server.device({ ownership: "personal" })];
  const before = await list();
  t.equal(outcomeOf(await merge(one, own)), "400 invalid-request");
  t.same(await list(), before);
});

t.test("retires with a device what was merged into it", async (t) => {
  const { server, device, merge } = await setUp(t);
  const [one, two] = [await device("one"), await device("two")];
  await merge(one, two);
  const path = `/api/v1/devices/${one.device}/retire`;
  t.equal(outcomeOf(await server.admin("POST", path)), "200");
  for (const each of [one, two]) t.equal(outcomeOf(await each.checkIn()), "401 session-invalid");
  t.equal(outcomeOf(await server.admin("DELETE", path)), "200");
  for (const each of [one, two]) await each.newSession();
  for (const each of [one, two]) t.equal(outcomeOf(await each.checkIn()), "200");
});

t.test("leaves what is of other groups to who may decide on both", async (t) => {
  const { server, list, device, merge, split, detail } = await setUp(t);
  const [one, other] = [await device("one"), await told(server, { hostname: "other" }, { group: "office" })];
  await merge(one, other);
  const before = await list();
  const lab = `Bearer ${await server.apiToken({ role: "admin", group: "lab" })}`;
  const path = `/api/v1/devices/${one.device}`;
  for (const [method, asked] of [
    ["DELETE", path],
    ["POST", `${path}/retire`],
    ["POST", `${path}/split`],
  ] as const)
    t.equal(
      outcomeOf(await one.send({ method, path: asked, headers: { authorization: lab } })),
      "403 not-permitted",
      asked,
    );
  t.same(await list(), before);
  const { body } = await one.send({ method: "GET", path, headers: { authorization: lab } });
  t.notOk(JSON.stringify(body).includes(other.device));
  t.match(await detail(one), { notes: [{ kind: "merged", with: [other.device] }] });
  t.equal(outcomeOf(await split(one)), "200");
});
