/** What is sent packed with what was acknowledged, and what happens where that is not understood. */
import t from "tap";
import { bodyOf, checkedIn, checkIns, grant, memory, sections } from "../testing/checked-in.ts";
import { problem } from "../testing/fake-server.ts";
import { errorOf, TestDevice } from "../testing/test-device.ts";

/** Content encodings of the sections sent so far, and whether each was everything. */
const packings = ({ server }: TestDevice) =>
  server.received
    .filter(({ route }) => route === sections)
    .map((each) => [
      each.headers["content-encoding"],
      each.headers["dictionary-id"],
      bodyOf(each).baseStateDigest === null ? "everything" : "change",
    ]);

/** A document of which a change of one item is a small part. */
const modules = (serial: string) => ({
  status: "ok" as const,
  document: {
    modules: Array.from({ length: 8 }, (_, slot) => ({
      partNumber: `M393A4K40CB2-C${slot}`,
      serial: slot === 5 ? serial : `0312${slot}7`,
      slot: `DIMM ${slot}`,
    })),
    total: 8,
  },
});

async function withModules(t: Parameters<typeof checkedIn>[0]): Promise<TestDevice> {
  const device = await checkedIn(t);
  device.machine.memory = modules("1");
  await device.checkIn();
  device.server.received.length = 0;
  return device;
}

t.test("packs a change with what was acknowledged of its sections", async (t) => {
  const device = await withModules(t);
  device.machine.memory = modules("2");
  t.match(await device.checkIn(), { result: { sent: ["memory"] } });
  t.same(packings(device), [["dcz", undefined, "change"]]);
  t.same(device.believed, device.server.sections);
  device.machine.memory = { status: "failed" };
  await device.checkIn();
  device.machine.memory = modules("3");
  await device.checkIn();
  t.same(packings(device).at(-1), ["dcz", undefined, "change"], "the document that was kept is known");
  t.same(device.believed, device.server.sections);
});

t.test("names the sections of a dictionary where there are several", async (t) => {
  const device = await withModules(t);
  device.machine.memory = modules("2");
  device.machine.installation = { status: "ok", document: { applications: [] } };
  t.match(await device.checkIn(), { result: { sent: ["installation", "memory"] } });
  t.same(packings(device), [["dcz", '"installation,memory"', "change"]]);
  t.same(device.believed, device.server.sections);
});

t.test("packs without a dictionary where that is no longer, and where there is none", async (t) => {
  const device = await TestDevice.enrolled(t);
  await device.checkIn();
  t.same(packings(device), [["zstd", undefined, "change"]], "nothing is acknowledged");
  grant(device, "hardware");
  device.machine.memory = memory(1);
  await device.checkIn();
  t.same(packings(device).at(-1), ["zstd", undefined, "change"], "this section is not");
});

t.test("leaves out of the dictionary a document that only the server knows", async (t) => {
  const device = await withModules(t);
  const { acknowledged } = device.state;
  const { memory: known, ...others } = acknowledged.value.sections;
  if (!known) throw new Error("nothing is acknowledged of memory");
  acknowledged.replace({ ...acknowledged.value, sections: { ...others, memory: { ...known, body: null } } });
  device.machine.memory = modules("2");
  await device.checkIn();
  t.same(packings(device), [["zstd", undefined, "change"]]);
});

t.test("sends everything once, unpacked, when the dictionary is not known", async (t) => {
  const device = await withModules(t);
  device.server.acknowledged.clear();
  device.machine.memory = modules("2");
  t.match(await device.checkIn(), { result: { sent: ["installation", "memory"] } });
  t.same(packings(device), [
    ["dcz", undefined, "change"],
    ["zstd", undefined, "everything"],
  ]);
  t.same(device.believed, device.server.sections);
  device.server.answerNext(
    sections,
    () => problem("dictionary-unknown"),
    () => problem("dictionary-unknown"),
  );
  device.machine.memory = modules("3");
  t.match(await errorOf(device.checkIn()), { code: "refused", message: /dictionary-unknown/ });
  t.equal(packings(device).length, 4, "once");
});

t.test("sends the same once without a dictionary to a server that knows none", async (t) => {
  const device = await withModules(t);
  device.server.answerNext(sections, () => problem("unsupported-encoding"));
  device.machine.memory = modules("2");
  t.match(await device.checkIn(), { result: { sent: ["memory"] } });
  t.same(packings(device), [
    ["dcz", undefined, "change"],
    ["zstd", undefined, "change"],
  ]);
  t.same(device.believed, device.server.sections);
  device.server.answerNext(
    sections,
    () => problem("unsupported-encoding"),
    () => problem("unsupported-encoding"),
  );
  device.machine.memory = modules("3");
  t.match(await errorOf(device.checkIn()), { code: "refused", message: /unsupported-encoding/ });
  t.equal(packings(device).length, 4, "once");
});

t.test("goes from an unknown dictionary to everything, through a new check-in if need be", async (t) => {
  const device = await withModules(t);
  device.server.answerNext(
    sections,
    () => problem("unsupported-encoding"),
    () => problem("base-changed", { reason: "counter" }),
  );
  device.machine.memory = modules("2");
  await device.checkIn();
  t.same(
    device.server.received.map(({ route }) => route),
    [checkIns, sections, sections, checkIns, sections],
  );
  t.same(packings(device).at(-1), ["zstd", undefined, "everything"]);
});
