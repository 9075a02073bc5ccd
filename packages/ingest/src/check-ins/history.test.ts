/** History: every version of a section can be had again to the byte, and what is kept of a device is bounded. */
import { randomBytes } from "node:crypto";
import { canonical, digestOf } from "@rollcall/protocol";
import fc from "fast-check";
import t, { type Test } from "tap";
import { rounds } from "../testing/long.ts";
import { ok } from "../testing/machine.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { bytesOf, historyOf } from "../testing/stored-history.ts";
import { TestServer } from "../testing/test-server.ts";

const day = 86_400_000;
const section = "software.deb";

async function started(t: Test, config: Readonly<Record<string, number>> = {}): Promise<TestServer> {
  const server = await TestServer.start(t.testdir({ "config.json": JSON.stringify(config) }));
  t.teardown(() => server.stop());
  return server;
}

const ordinalOf = ({ session }: SimulatedDevice) => Number(session.slice(4).split(".")[0]);

/** Packages of these names, in order. */
const installed = (names: readonly string[]) => ({
  packages: names.toSorted().map((name) => ({ architecture: "amd64", name, version: "1" })),
});

const many = (count: number, mark = "") =>
  installed(Array.from({ length: count }, (_, index) => `package-${index}${mark}`));

async function kept(server: TestServer, device: SimulatedDevice) {
  const versions = await historyOf(server, ordinalOf(device), section);
  return versions.map(({ document }) => Buffer.from(document).toString());
}

t.test("gives back every version that was superseded, the latest first", async (t) => {
  const server = await started(t);
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 40 });
  const change = fc.oneof(
    names.map((list) => ok(installed(list))),
    fc.constant({ schema: 1, status: "none" } as const),
    fc.constant({ schema: 1, status: "denied" } as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
      const device = await server.device();
      await device.checkedIn();
      const superseded: string[] = [];
      let current: string | undefined;
      for (const submitted of changes) {
        await device.sent({ [section]: submitted });
        if (submitted.status === "denied") continue;
        const next = "document" in submitted ? canonical(submitted.document) : undefined;
        if (current !== undefined && current !== next) superseded.unshift(current);
        current = next;
      }
      t.strictSame(await kept(server, device), superseded);
    }),
    { numRuns: rounds(6, 100) },
  );
});

t.test("keeps what it was, and from when until when", async (t) => {
  const server = await started(t);
  const device = await server.device();
  await device.checkedIn();
  const [first, second] = [many(3), many(4)];
  await device.sent({ [section]: ok(first) });
  server.ahead = day;
  await device.newSession();
  await device.sent({ [section]: ok(second) });
  const [version, ...others] = await historyOf(server, ordinalOf(device), section);
  t.same(others, []);
  t.match(version, { schema: 1, status: "ok", digest: digestOf(first) });
  const lasted = (version?.at ?? 0) - (version?.since ?? 0);
  t.ok(lasted >= day && lasted < day + 60_000, `${lasted}`);
});

t.test("costs some bytes for a change of one package in hundreds", async (t) => {
  const server = await started(t);
  const device = await server.device();
  await device.checkedIn();
  await device.sent({ [section]: ok(many(400)) });
  const before = await bytesOf(server, ordinalOf(device));
  await device.sent({ [section]: ok(many(399)) });
  const added = (await bytesOf(server, ordinalOf(device))) - before;
  t.ok(added < 200, `${added} bytes`);
});

t.test("keeps 24 versions of a section a day, each of them whole again, and the current one", async (t) => {
  const server = await started(t);
  const device = await server.device();
  await device.checkedIn();
  const versions = Array.from({ length: 30 }, (_, index) => many(100 + (index % 2), `-${index}`));
  for (const version of versions) await device.sent({ [section]: ok(version) });
  t.strictSame(await kept(server, device), versions.slice(0, 24).map(canonical).toReversed());
  t.ok((await bytesOf(server, ordinalOf(device))) < 64 * 1024);
  server.ahead = day + 60_000;
  await device.newSession();
  await device.sent({ [section]: ok(many(1)) });
  // The thirtieth was current all day.
  t.strictSame(
    await kept(server, device),
    [29, ...Array.from({ length: 24 }, (_, i) => 23 - i)].map((index) => canonical(versions[index])),
  );
});

t.test("leans no more than 31 versions on each other", async (t) => {
  const server = await started(t, { "sections.versionsPerDay": 100 });
  const device = await server.device();
  await device.checkedIn();
  const versions = Array.from({ length: 40 }, (_, index) => many(60, `-${index}`));
  for (const version of versions) await device.sent({ [section]: ok(version) });
  t.strictSame(await kept(server, device), versions.slice(0, -1).map(canonical).toReversed());
});

t.test("adds nothing to the history of a device that has stored too much", async (t) => {
  const most = 2 ** 20;
  const server = await started(t, { "sections.storedBytes": most });
  const device = await server.device();
  await device.checkedIn();
  const noise = () => installed(Array.from({ length: 4_000 }, () => `x${randomBytes(24).toString("hex")}`));
  let last = noise();
  for (let version = 0; version < 8; version++) {
    last = noise();
    await device.sent({ [section]: ok(last) });
  }
  const bytes = await bytesOf(server, ordinalOf(device));
  t.ok(bytes > most / 2 && bytes < most * 1.5, `${bytes} bytes`);
  const shown = await server.admin("GET", `/api/v1/devices/${device.device}`);
  t.match(shown.body, { sections: { [section]: { digest: digestOf(last) } } });
});

t.test("goes with its section", async (t) => {
  const server = await started(t);
  const device = await server.device();
  await device.checkedIn();
  for (const count of [3, 4, 5]) await device.sent({ [section]: ok(many(count)) });
  t.equal((await kept(server, device)).length, 2);
  await device.putConsent(device.grants.filter(({ category }) => category !== "software"));
  t.same(await kept(server, device), []);
});
