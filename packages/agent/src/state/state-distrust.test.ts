/** Nothing on the disk is believed: every file that is broken is named by one error, and nothing is sent. */
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { errorOf, TestDevice } from "../testing/test-device.ts";
import { StateDirectory } from "./directory.ts";
import { consentFile } from "./files.ts";
import { usageToday } from "./usage.ts";

const garbage = ["", "{", "null", "[]", "{}", '{"state":"enrolled"}', "[".repeat(100_000), "\0\0\0", '"x"'];
/** Read only when they are needed. */
const readLate = ["device.key", "session.json", "usage.json", "consent-history.json"];

t.test("names each broken file, whatever stands in it", async (t) => {
  const device = await TestDevice.enrolled(t);
  await device.checkIn();
  const { path } = device.directory;
  const names = readdirSync(path).filter((name) => !readLate.includes(name));
  t.ok(names.length >= 6, names.join(" "));
  const requests = device.server.received.length;
  for (const name of names) {
    const whole = device.directory.readBytes(name) ?? "";
    for (const content of garbage) {
      writeFileSync(join(path, name), content);
      const { code, message } = await errorOf(device.checkIn());
      t.equal(code, "state-broken", `${name}: ${content.slice(0, 20)}`);
      t.ok(message.includes(join(path, name)), message);
    }
    writeFileSync(join(path, name), whole);
  }
  t.equal(device.server.received.length, requests);
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
});

t.test("names a broken key, session or usage when it needs them", async (t) => {
  const device = await TestDevice.enrolled(t);
  const { path } = device.directory;
  const put = (name: string, content: string) => writeFileSync(join(path, name), content);
  put("session.json", "{}");
  t.match(await errorOf(device.checkIn()), { code: "state-broken", message: join(path, "session.json") });
  rmSync(join(path, "session.json"));
  put("device.key", "-----BEGIN PRIVATE KEY-----");
  t.match(await errorOf(device.checkIn()), { code: "state-broken", message: join(path, "device.key") });
  rmSync(join(path, "device.key"));
  t.match(await errorOf(device.checkIn()), { code: "state-broken", message: /device.key is missing/ });
  put("usage.json", "{}");
  t.throws(() => usageToday(device.directory, 0), { code: "state-broken" });
});

t.test("goes on without what the next check-in makes anew, and not without the rest", async (t) => {
  const device = await TestDevice.enrolled(t);
  await device.checkIn();
  for (const name of ["acknowledged.json", "receipts.json", "schedule.json", "session.json", "usage.json"]) {
    device.directory.remove({ name });
    const { result } = await device.checkIn();
    t.equal(result.outcome, name === "acknowledged.json" ? "sent" : "unchanged", name);
  }
  t.same(device.believed, device.server.sections);
  for (const name of ["consent.json", "counter.json"]) {
    const whole = device.directory.readBytes(name) ?? "";
    device.directory.remove({ name });
    t.match(await errorOf(device.checkIn()), { code: "state-broken", message: `${name} is missing` }, name);
    device.directory.writeBytes(name, whole);
  }
});

t.test("throws nothing but its own errors, whatever stands in a file", async (t) => {
  const directory = new StateDirectory(t.testdir());
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.uint8Array()), (content) => {
      directory.writeBytes(consentFile.name, content);
      try {
        directory.read(consentFile);
      } catch (error) {
        return error instanceof Error && "code" in error && error.code === "state-broken";
      }
      return false;
    }),
    { numRuns: 50 },
  );
});

t.test("does not take a document for acknowledged that lost its digest", async (t) => {
  const device = await TestDevice.enrolled(t);
  await device.checkIn();
  const text = Buffer.from(device.directory.readBytes("acknowledged.json") ?? "").toString();
  device.directory.writeBytes("acknowledged.json", text.replace("linux", "minix"));
  t.match(await errorOf(device.checkIn()), { code: "state-broken", message: /acknowledged.json/ });
});

t.test("says which file cannot be read or written", async (t) => {
  const path = t.testdir();
  const directory = new StateDirectory(path);
  mkdirSync(join(path, "consent.json"));
  t.throws(() => directory.read(consentFile), { code: "failed", message: join(path, "consent.json") });
  const missing = new StateDirectory(join(path, "no", "such"));
  t.equal(missing.read(consentFile), undefined);
  t.throws(() => missing.writeBytes("a", ""), { code: "failed", message: join(path, "no", "such", "a") });
});

t.test("works in no directory that others can write, and reads nothing of it", async (t) => {
  const device = await TestDevice.enrolled(t);
  const { path } = device.directory;
  const asked = device.server.received.length;
  for (const mode of [0o770, 0o702]) {
    chmodSync(path, mode);
    // As the next command finds it.
    const directory = new StateDirectory(path);
    const refused = { code: "failed", message: /can be written by others than its owner/ };
    t.match(await errorOf(device.checkIn({ directory })), refused);
    t.throws(() => directory.read(consentFile), refused);
    t.throws(() => directory.create(), refused);
  }
  t.equal(device.server.received.length, asked, "nothing was sent");
  chmodSync(path, 0o700);
  t.match((await device.checkIn({ directory: new StateDirectory(path) })).result, { outcome: "sent" });
});
