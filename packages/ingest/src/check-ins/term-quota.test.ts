/** New terms: what a device may add to the index in a day; what is over is stored, not indexed, and told. */
import t, { type Test } from "tap";
import { z } from "zod";
import { ok } from "../testing/machine.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const day = 86_400_000;
const section = "software.deb";

const titles = z.object({ items: z.array(z.object({ name: z.string() })) });
const detail = z.looseObject({
  flags: z.array(z.string()),
  sections: z.record(z.string(), z.looseObject({ document: z.unknown() })),
});

const packages = (mark: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    architecture: "amd64",
    name: `${mark}-${String(index).padStart(4, "0")}`,
    version: "1",
  }));

async function started(t: Test, newTerms = 10): Promise<{ server: TestServer; device: SimulatedDevice }> {
  const config = { "sections.newTermsPerDay": newTerms };
  const server = await TestServer.start(t.testdir({ "config.json": JSON.stringify(config) }));
  t.teardown(() => server.stop());
  const device = await server.device();
  await device.checkedIn();
  return { server, device };
}

async function found(server: TestServer, mark: string): Promise<number> {
  const { body } = await server.admin("GET", `/api/v1/software?q=${mark}-&limit=1000&fresh=true`);
  return titles.parse(body).items.length;
}

const shown = async (server: TestServer, device: SimulatedDevice) =>
  detail.parse((await server.admin("GET", `/api/v1/devices/${device.device}`)).body);

t.test(
  "finds a first inventory whole, and nothing of a later one that adds more than a day has room for",
  async (t) => {
    const { server, device } = await started(t);
    const first = packages("first", 50);
    await device.sent({ [section]: ok({ packages: first }) });
    t.equal(await found(server, "first"), 50);
    t.same((await shown(server, device)).flags, []);
    const second = [...first.slice(0, 30), ...packages("second", 20)];
    await device.sent({ [section]: ok({ packages: second }) });
    t.same([await found(server, "first"), await found(server, "second")], [0, 0]);
    const { flags, sections } = await shown(server, device);
    t.same(flags, ["not-indexed"]);
    t.same(sections[section]?.document, { packages: second });
  },
);

t.test("finds everything again once the section changes on another day", async (t) => {
  const { server, device } = await started(t);
  await device.sent({ [section]: ok({ packages: packages("a", 5) }) });
  await device.sent({ [section]: ok({ packages: packages("b", 15) }) });
  t.same((await shown(server, device)).flags, ["not-indexed"]);
  await device.sent({ [section]: ok({ packages: packages("b", 14) }) });
  t.same([await found(server, "b"), (await shown(server, device)).flags], [0, ["not-indexed"]]);
  server.ahead = day + 60_000;
  await device.newSession();
  await device.sent({ [section]: ok({ packages: packages("b", 13) }) });
  t.same([await found(server, "b"), (await shown(server, device)).flags], [13, []]);
});

t.test("counts anew each day, and for each device", async (t) => {
  const { server, device } = await started(t);
  await device.sent({ [section]: ok({ packages: packages("a", 5) }) });
  await device.sent({ [section]: ok({ packages: packages("b", 10) }) });
  await device.sent({ [section]: ok({ packages: packages("c", 10) }) });
  t.equal(await found(server, "c"), 0);
  const other = await server.device();
  await other.checkedIn();
  await other.sent({ [section]: ok({ packages: packages("d", 5) }) });
  await other.sent({ [section]: ok({ packages: packages("e", 10) }) });
  t.equal(await found(server, "e"), 10);
  server.ahead = day + 60_000;
  await device.newSession();
  await device.sent({ [section]: ok({ packages: packages("f", 10) }) });
  t.equal(await found(server, "f"), 10);
});

t.test("takes a section's second coming for no first inventory", async (t) => {
  const { server, device } = await started(t);
  for (const mark of ["a", "b", "c", "d"]) {
    await device.sent({ [section]: ok({ packages: packages(mark, 20) }) });
    await device.sent({ [section]: { schema: 1, status: "none" } });
  }
  await device.sent({ [section]: ok({ packages: packages("e", 20) }) });
  t.equal(await found(server, "e"), 0, "those ten are used up");
});

t.test("indexes a section that flaps no more until it changes on another day", async (t) => {
  const { server, device } = await started(t, 1_000);
  const [a, b] = [packages("a", 4), packages("b", 4)];
  // 24 versions are kept, the 25th change of the day is coalesced.
  for (let change = 0; change <= 24; change++)
    await device.sent({ [section]: ok({ packages: change % 2 ? b : a }) });
  t.equal((await found(server, "a")) + (await found(server, "b")), 4);
  await device.sent({ [section]: ok({ packages: b }) });
  t.same([await found(server, "a"), await found(server, "b")], [0, 0]);
  const { flags, sections } = await shown(server, device);
  t.same([flags, sections[section]?.document], [["not-indexed"], { packages: b }]);
  server.ahead = day + 60_000;
  await device.newSession();
  await device.sent({ [section]: ok({ packages: a }) });
  t.same([await found(server, "a"), (await shown(server, device)).flags], [4, []]);
});
