/** What the server does every minute: one thing that fails keeps none of the others from being done. */
import { writeFileSync } from "node:fs";
import t from "tap";
import { Daily } from "./privacy/retention.ts";
import { certificateFiles, newAuthority } from "./testing/certificates.ts";
import { TestServer } from "./testing/test-server.ts";

t.test("settles doubts while the operator's certificate cannot be read", async (t) => {
  const files = await certificateFiles(t.testdir({}), await newAuthority());
  const where = { listen: { host: "127.0.0.1", port: 0 }, listenAdmin: { host: "127.0.0.1", port: 0 } };
  const server = await TestServer.start(undefined, { ...where, certificate: files });
  t.teardown(() => server.remove());
  const device = await server.stranger();
  device.url = server.adminUrl;
  await device.enrol();
  await device.checkedIn();
  const successor = await device.successor();
  await successor.checkedIn();
  writeFileSync(files.cert, "no certificate");
  server.ahead += 2.1 * 3_607_000;
  await t.rejects(server.tend(), { message: /are no certificate with its key/ });
  t.equal((await successor.checkedIn()).device, device.device);
});

t.test("does again what failed, and what was done not before a day is over", async (t) => {
  let runs = 0;
  let fails = true;
  const daily = new Daily(async () => {
    runs++;
    if (fails) throw new Error("busy");
  });
  const minute = 60_000;
  await t.rejects(daily.tend(0), { message: "busy" });
  fails = false;
  for (const at of [minute, 2 * minute, 1_440 * minute, 1_441 * minute]) await daily.tend(at);
  t.equal(runs, 3);
});
