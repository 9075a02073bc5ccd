/** Nothing of a deleted device is left anywhere, and nothing of what was withdrawn comes back by an upload in flight. */
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { rounds } from "../testing/long.ts";
import { machine, ok, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { ServerProcess } from "../testing/server-process.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { placesOfText } from "../testing/stored-content.ts";
import { TestServer } from "../testing/test-server.ts";

const planted = (what: string, count: number) =>
  Array.from({ length: count }, (_, number) => `planted-${what}-${number}-end`);

/** Forty texts that nothing else could hold, one for each way in which something of a device is kept. */
const kinds = {
  host: planted("host", 2),
  serial: planted("serial", 2),
  model: planted("model", 2),
  package: planted("package", 16),
  earlier: planted("earlier", 15),
  mount: planted("mount", 2),
  correction: planted("correction", 1),
};
const all = Object.values(kinds).flat();

/** A device that has told, had, corrected and been looked at for all of it. */
async function plant(server: TestServer): Promise<SimulatedDevice> {
  const device = await server.device();
  const [host = "", formerHost = ""] = kinds.host;
  const [serial = "", formerSerial = ""] = kinds.serial;
  const [model = "", formerModel = ""] = kinds.model;
  const tell = async (changes: Parameters<typeof machine>[0]) => {
    const mounts = kinds.mount.map((mount) => [`/${mount}`, { free: 1 }] as const);
    await device.checkedIn({ readings: { storage: Object.fromEntries(mounts) } });
    await device.sent({
      ...machine(changes),
      storage: ok({ disks: [], filesystems: kinds.mount.map((mount) => ({ mount: `/${mount}` })) }),
    });
  };
  const packages = (names: readonly string[]) => names.map((name) => `${name} 1.0`);
  await tell({
    hostname: formerHost,
    serial: formerSerial,
    model: formerModel,
    packages: packages(kinds.earlier),
  });
  await tell({ hostname: host, serial, model, packages: packages(kinds.package) });
  for (const value of kinds.correction)
    await device.me("POST", "/v1/me/correct", { section: "system", field: "family", value, reason: value });
  await new Inventory(server).device(device.device);
  return device;
}

t.test("finds forty planted texts before, and none in any file, frame, delta or row after", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await plant(server);
  await told(server, { hostname: "kept-host" });
  t.equal(all.length, 40);
  const found = () => all.filter((text) => placesOfText(server.directory, text).length > 0);
  t.same(found(), all, "the control: each is there");
  t.ok(
    placesOfText(server.directory, kinds.earlier[7] ?? "").includes("section_history.body"),
    "history is read",
  );
  const names = [device.device, device.installation, device.key.publicKey];
  for (const name of names) t.not(placesOfText(server.directory, name).length, 0);
  t.equal(outcomeOf(await server.admin("DELETE", `/api/v1/devices/${device.device}`)), "200");
  t.same(found(), [], "while the server runs");
  for (const name of names) t.same(placesOfText(server.directory, name), []);
  await server.stop();
  t.same(found(), [], "and when it has ended");
  t.not(placesOfText(server.directory, "kept-host").length, 0, "another device's is there");
});

t.test("lets no upload in flight bring back what was withdrawn meanwhile", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const outcomes = new Set<string>();
  for (let round = 0; round < rounds(6, 200); round++) {
    const mark = `flying-${round}-end`;
    const device = await told(server, { serial: `before-${mark}`, hostname: "ada" });
    await device.checkedIn();
    const grants = device.grants.filter(({ category }) => category !== "hardware");
    const upload = device.putSections(device.sectionsBody(machine({ serial: mark })));
    const withdrawal = withdraw(device, grants, round);
    outcomes.add(outcomeOf(await upload));
    t.equal(await withdrawal, "200");
    t.same(placesOfText(server.directory, mark), [], `round ${round}`);
  }
  t.match([...outcomes].join(), /200|409 base-changed/);
});

/** Until it is taken: an installation has one request at a time. Begins a little later each round. */
async function withdraw(
  device: SimulatedDevice,
  grants: SimulatedDevice["grants"],
  round: number,
): Promise<string> {
  for (let wait = round % 8; wait > 0; wait--) await new Promise((resolve) => setImmediate(resolve));
  for (;;) {
    const outcome = outcomeOf(await device.putConsent(grants));
    if (outcome !== "429 check-in-running") return outcome;
  }
}

t.test("is whole or gone, and in the ledger when gone, wherever the server is killed", async (t) => {
  const directory = t.testdir({});
  for (let round = 0; round < rounds(3, 50); round++) {
    const server = await ServerProcess.start(directory);
    const device = await server.device();
    await device.checkedIn();
    await device.sent(machine({ hostname: `killed-${round}-end` }));
    const answer = server
      .admin("DELETE", `/api/v1/devices/${device.device}`)
      .then(outcomeOf, () => "no answer");
    // Not to wait for anything: to be killed at another moment in each round.
    await new Promise((resolve) => setTimeout(resolve, (round * 7) % 30));
    await server.end("SIGKILL");
    const said = await answer;
    const again = await ServerProcess.start(directory);
    device.url = again.url;
    const body = { installation: device.installation };
    const session = outcomeOf(await device.prove("session", "/v1/sessions", body, device.installation));
    const places = placesOfText(directory, `killed-${round}-end`);
    t.equal(session, places.length === 0 ? "410 device-deleted" : "201", `round ${round}: ${said}`);
    if (said === "200") t.equal(session, "410 device-deleted");
    await again.end("SIGTERM");
  }
});
