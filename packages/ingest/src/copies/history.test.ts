/** A device that was restored keeps its history: what it was before is read under its new key, to the byte. */
import t, { type Test } from "tap";
import { machine, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const packages = Array.from({ length: 50 }, (_, index) => `package-${index} 1.${index}`);

async function tell(device: SimulatedDevice, names: readonly string[]): Promise<void> {
  for (const hostname of names) {
    await device.checkedIn();
    const sections = machine({ hostname, packages: [...packages, `${hostname} 1`] });
    await device.sent(sections, { baseStateDigest: null });
  }
}

/** Host names and last packages that the sections had, the latest first. */
async function histories(device: SimulatedDevice): Promise<Record<string, unknown[]>> {
  const { body } = await device.me("GET", "/v1/me/export");
  const { sections } = Object(body);
  const of = (name: string) =>
    (sections[name]?.history ?? []).map((version: object) => Object(version).document);
  return {
    hostnames: of("operating-system").map(({ hostname }: { hostname: string }) => hostname),
    packages: of("software.deb").map(({ packages: list }: { packages: { name: string }[] }) =>
      list.map(({ name }) => name).find((name) => !name.startsWith("package-")),
    ),
  };
}

const consentHistory = async (device: SimulatedDevice): Promise<unknown[]> =>
  Object((await device.me("GET", "/v1/me")).body).consentHistory;

async function setUp(t: Test) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await told(server, { hostname: "first", packages });
  await tell(device, ["second", "third"]);
  const settle = async (successor: SimulatedDevice) => {
    server.ahead += 2.1 * 3_607_000;
    await server.tend();
    t.equal((await successor.checkedIn()).device, device.device);
  };
  return { device, settle };
}

t.test("goes on with what its sections were, before the doubt and since", async (t) => {
  const { device, settle } = await setUp(t);
  const successor = await device.successor();
  await tell(successor, ["fourth", "fifth"]);
  t.same(await histories(successor), { hostnames: ["fourth"], packages: ["fourth"] }, "nothing before that");
  await settle(successor);
  const names = ["fourth", "third", "second"];
  t.same(await histories(successor), { hostnames: [...names, "first"], packages: [...names, undefined] });
});

t.test("adds nothing where the successor told the same", async (t) => {
  const { device, settle } = await setUp(t);
  const successor = await device.successor();
  await tell(successor, ["third"]);
  await settle(successor);
  t.same(await histories(successor), { hostnames: ["second", "first"], packages: ["second", undefined] });
});

t.test("leaves behind what is not granted any more", async (t) => {
  const { device, settle } = await setUp(t);
  const successor = await device.successor();
  await successor.checkedIn();
  const all = successor.grants;
  const consent = async (grants: typeof all) => {
    t.equal(outcomeOf(await successor.putConsent(grants)), "200");
    successor.consentNumber++;
  };
  await consent(all.filter(({ category }) => category !== "software"));
  await settle(successor);
  await consent(all);
  await tell(successor, ["fourth"]);
  t.same(await histories(successor), { hostnames: ["third", "second", "first"], packages: [] });
});

t.test("goes on with what was granted and taken back, whatever is granted now", async (t) => {
  const { device, settle } = await setUp(t);
  const software = device.grants.filter(({ category }) => category === "software");
  const others = device.grants.filter(({ category }) => category !== "software");
  t.equal(outcomeOf(await device.putConsent(others)), "200");
  const kept = await consentHistory(device);
  t.match(kept, [{ did: "withdrawn", grant: software[0] }, ...device.grants.map(() => ({ did: "granted" }))]);
  const successor = await device.successor();
  await successor.checkedIn();
  const own = await consentHistory(successor);
  t.equal(own.length, others.length, "its own alone, before that");
  await settle(successor);
  t.same(await consentHistory(successor), [...own, ...kept]);
});
