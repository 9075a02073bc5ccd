/** Several servers on one PostgreSQL: a device may meet any of them at any time, and what one knows all know. */
import t from "tap";
import { LedgerFile } from "../privacy/ledger-file.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { PostgresServer, postgresDatabase, withoutPostgres } from "../testing/postgres.ts";
import { optionsOf, SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";
import { twoServers } from "../testing/two-servers.ts";
import { pathsIn } from "./data-directory.ts";

const askForSession = (device: SimulatedDevice, nonce?: string) => {
  const { installation } = device;
  return device.prove("session", "/v1/sessions", { installation }, installation, nonce);
};

/** The same device, which speaks to this server from now on. */
const at = (device: SimulatedDevice, { url }: TestServer) => Object.assign(device, { url });

const hosts = async (server: TestServer, q: string) =>
  (await new Inventory(server).devices({ q, fresh: "true" })).items.map(({ hostname }) => hostname);

const ledgerOf = ({ directory }: TestServer) =>
  LedgerFile.open(pathsIn(directory).ledger).entries.map(({ number }) => number);

const crowd = 200;

/** Whether it was acknowledged; the same key may ask again. */
const isEnrolled = (device: SimulatedDevice): Promise<boolean> =>
  device.enrol().then(
    () => true,
    () => false,
  );

t.test("several servers on one PostgreSQL", { skip: withoutPostgres }, async (t) => {
  t.test("serve a device in turn, and find what any of them was told", async (t) => {
    const [first, second] = await twoServers(t, await postgresDatabase());
    const device = await first.device();
    await at(device, second).checkedIn();
    await at(device, first).sent(machine({ hostname: "lovelace" }));
    await at(device, second).checkedIn();
    t.same(await hosts(second, "host:lovelace"), ["lovelace"]);
    await at(device, second).sent(machine({ hostname: "byron" }));
    t.same([await hosts(first, "host:lovelace"), await hosts(first, "host:byron")], [[], ["byron"]]);
  });

  t.test("refuse each other's nonces, and give one that is good", async (t) => {
    const [first, second] = await twoServers(t, await postgresDatabase());
    const device = await first.device();
    const nonce = await device.nonce();
    const refused = await askForSession(at(device, second), nonce);
    t.equal(outcomeOf(refused), "401 nonce-invalid");
    const session = await askForSession(device, String(refused.headers["rollcall-nonce"]));
    t.equal(outcomeOf(session), "201");
  });

  t.test("doubt a copied installation that goes to another of them, at once", async (t) => {
    const [first, second] = await twoServers(t, await postgresDatabase());
    const device = await first.device();
    await device.checkedIn();
    const copy = at(device.copy(), second);
    await device.checkedIn();
    t.equal(outcomeOf(await copy.checkIn()), "409 identity-in-doubt");
    t.equal(outcomeOf(await device.checkIn()), "401 session-invalid", "and its session is over on all");
    await device.newSession();
    t.equal(outcomeOf(await device.checkIn()), "409 identity-in-doubt");
  });

  t.test("let in together as many as a token may in an hour, and no more", async (t) => {
    const servers = await twoServers(t, await postgresDatabase());
    const options = optionsOf(await servers[0].enrolment({ uses: 10, perHour: 4 }));
    const asked = servers.flatMap(({ url }) =>
      Array.from({ length: 4 }, () => new SimulatedDevice({ ...options, url })),
    );
    const outcomes = await Promise.all(
      asked.map(async (device) =>
        outcomeOf(await device.prove("enrol", "/v1/enrolments", device.enrolmentBody())),
      ),
    );
    t.same(outcomes.toSorted(), [...Array(4).fill("201"), ...Array(4).fill("429 token-rate")]);
  });

  t.test("have each other's deletions in their ledgers, and start again with them", async (t) => {
    const [first, second] = await twoServers(t, await postgresDatabase());
    const [one, other] = [await first.device(), await second.device()];
    t.equal((await first.admin("DELETE", `/api/v1/devices/${one.device}`)).status, 200);
    t.equal((await second.admin("DELETE", `/api/v1/devices/${other.device}`)).status, 200);
    await Promise.all([first.tend(), second.tend()]);
    for (const server of [first, second]) {
      t.same(ledgerOf(server), [1, 2]);
      await server.restart();
      for (const device of [one, other])
        t.equal(outcomeOf(await askForSession(at(device, server))), "410 device-deleted");
    }
  });

  t.test("lose nothing acknowledged when the database goes away in the middle and comes back", async (t) => {
    const postgres = await PostgresServer.begin();
    const server = await TestServer.start(undefined, { database: await postgres.database() });
    t.teardown(() => server.remove());
    const options = optionsOf(await server.enrolment({ uses: crowd, perHour: crowd }));
    const waiting = Array.from(
      { length: crowd },
      () => new SimulatedDevice({ ...options, url: server.url }),
    ).values();
    const outcomes = { acknowledged: 0, refused: 0 };
    let some = () => {};
    const under = new Promise<void>((resolve) => {
      some = resolve;
    });
    const worker = async (): Promise<void> => {
      for (const device of waiting) {
        while (!(await isEnrolled(device))) outcomes.refused++;
        if (++outcomes.acknowledged === crowd / 4) some();
      }
    };
    const load = Promise.all(Array.from({ length: 8 }, worker));
    await under;
    await postgres.stop();
    t.ok(outcomes.acknowledged < crowd, "in the middle");
    await postgres.start();
    await load;
    t.equal((await new Inventory(server).devices({ fresh: "true" })).total, crowd);
    t.ok(outcomes.refused > 0);
  });
});
