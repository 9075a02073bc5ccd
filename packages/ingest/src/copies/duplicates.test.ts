/** The hardware hint: told as equal or not equal, within the caller's groups, and only where it means something. */
import t, { type Test } from "tap";
import { z } from "zod";
import { machine, ok } from "../testing/machine.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const answer = z.object({
  asOf: z.string(),
  items: z.array(z.object({ devices: z.array(z.looseObject({ id: z.string() })) })),
  next: z.string().nullable(),
});

const hint = (letter: string) => letter.repeat(43);

async function setUp(t: Test) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = async (letter: string, group = "lab") => {
    const made = await server.device({ group });
    await made.checkedIn();
    await made.sent({ ...machine(), identifiers: ok({ machine: hint(letter) }) });
    return made;
  };
  const groups = async (token?: string, query = "") => {
    const path = `/api/v1/duplicates${query}`;
    const { body } = await (token ? server.asToken(token, path) : server.admin("GET", path));
    const read = answer.parse(body);
    return { ...read, groups: read.items.map(({ devices }) => devices.map(({ id }) => id)) };
  };
  const detail = async ({ device: id }: SimulatedDevice) =>
    z
      .looseObject({ possibleDuplicates: z.array(z.string()), masked: z.array(z.string()).optional() })
      .parse((await server.admin("GET", `/api/v1/devices/${id}`)).body);
  return { server, device, groups, detail };
}

const ids = (...devices: SimulatedDevice[]) => devices.map(({ device }) => device);

t.test("names devices with the same hint, and says no more of it", async (t) => {
  const { server, device, groups, detail } = await setUp(t);
  const [a, b, c, , e] = [
    await device("A"),
    await device("B"),
    await device("A"),
    await device("C"),
    await device("B"),
  ];
  t.same((await groups()).groups, [ids(a, c), ids(b, e)]);
  t.same((await detail(a)).possibleDuplicates, ids(c));
  const told = JSON.stringify([await groups(), await detail(a), await detail(c)]);
  t.notOk(told.includes(hint("A")), "the value is shown to nobody");
  t.match(await detail(a), {
    masked: ["sections.identifiers.machine"],
    sections: { identifiers: { digest: null, status: "ok", document: { machine: null } } },
  });
  for (const role of ["viewer", "operator", "admin", "privacy-officer"]) {
    const token = await server.apiToken({ role });
    const { body } = await server.asToken(token, `/api/v1/devices/${a.device}`);
    t.notOk(JSON.stringify(body).includes(hint("A")), role);
  }
});

t.test("takes a hint that more than five devices have for none", async (t) => {
  const { device, groups, detail } = await setUp(t);
  const five = [];
  for (let index = 0; index < 5; index++) five.push(await device("A"));
  t.same((await groups()).groups, [ids(...five)]);
  const [first] = five;
  if (!first) throw new Error("no device");
  t.equal((await detail(first)).possibleDuplicates.length, 4);
  await device("A");
  t.same((await groups()).groups, []);
  t.same((await detail(first)).possibleDuplicates, []);
});

t.test("tells a caller of some groups nothing of the others", async (t) => {
  const { server, device, groups } = await setUp(t);
  const lab = await server.apiToken({ role: "viewer", group: "lab" });
  const [a, b, c] = [await device("A"), await device("A"), await device("B")];
  const before = await groups(lab);
  for (let index = 0; index < 5; index++) await device("A", "office");
  const d = await device("B", "office");
  const { asOf: _, ...after } = await groups(lab);
  t.match(after, { items: before.items, groups: [ids(a, b)], next: null });
  t.same((await groups()).groups, [ids(c, d)]);
});

t.test("pages through them", async (t) => {
  const { device, groups } = await setUp(t);
  const pairs = [];
  for (const letter of ["A", "B", "C"]) pairs.push(ids(await device(letter), await device(letter)));
  const first = await groups(undefined, "?limit=2");
  t.same(first.groups, pairs.slice(0, 2));
  const second = await groups(undefined, `?limit=2&cursor=${first.next}`);
  t.same([second.groups, second.next], [pairs.slice(2), null]);
});

t.test("forgets the hint when hardware is withdrawn", async (t) => {
  const { device, groups } = await setUp(t);
  const [a, b] = [await device("A"), await device("A")];
  t.same((await groups()).groups, [ids(a, b)]);
  await b.sent({ identifiers: { schema: 1, status: "not-consented" } });
  t.same((await groups()).groups, []);
});
