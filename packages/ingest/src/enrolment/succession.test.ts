/** Successors: let in by the old key instead of a token, with what was granted and with nothing that was sent. */
import { newSigningKey } from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { type Reply, SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const stranger = () =>
  new SimulatedDevice({ url: server.url, server: server.id, token: "", key: newSigningKey() });

t.test("takes over group, ownership and grants, and nothing that was sent", async (t) => {
  const device = await told(server, {}, { group: "lab", grant: "hardware,system,network,software,people" });
  const successor = stranger();
  const { status, body } = await device.succession(successor);
  t.equal(status, 201);
  t.match(body, { ownership: "personal", grants: device.grants, policy: { version: 0 } });
  Object.assign(successor, z.object({ installation: z.string(), session: z.string() }).parse(body));
  const own = await successor.me("GET", "/v1/me");
  t.match(own.body, { groups: ["lab"], sections: {}, readings: {}, hostname: null });
  t.equal(outcomeOf(await device.checkIn()), "401 session-invalid", "the old key is in doubt from then on");
  await device.newSession();
  t.equal(outcomeOf(await device.checkIn()), "409 identity-in-doubt");
  t.equal(outcomeOf(await device.me("GET", "/v1/me")), "409 identity-in-doubt");
});

t.test("gives the same key its installation again, also when the answer was lost for long", async (t) => {
  const device = await told(server);
  const successor = stranger();
  const first = z.looseObject({ installation: z.string() }).parse((await device.succession(successor)).body);
  server.ahead += 86_400_000;
  t.match((await device.succession(successor)).body, { installation: first.installation });
});

t.test("lets nobody succeed without both proofs, for this request and these keys", async (t) => {
  const [device, other] = [await told(server), await told(server)];
  const refusals: Record<string, [() => Promise<Reply>, string]> = {
    "another's installation": [
      () => device.succession(stranger(), { succeeds: other.installation }),
      "401 proof-invalid",
    ],
    "another's key": [
      () => device.succession(stranger(), { key: stranger().key.publicKey }),
      "401 proof-invalid",
    ],
    "one proof only": [
      () => {
        const { token: _, ...newcomer } = device.enrolmentBody();
        const body = { ...newcomer, succeeds: device.installation };
        return device.prove("enrol", "/v1/enrolments", body);
      },
      "401 proof-invalid",
    ],
    "its own old key": [() => device.succession(device), "400 invalid-request"],
    "a token besides": [
      () => device.succession(stranger(), { token: `rce_${"A".repeat(43)}` }),
      "400 invalid-request",
    ],
    "an installation that nobody has": [
      () => device.succession(stranger(), { succeeds: `ins_${"a".repeat(26)}` }),
      "401 session-invalid",
    ],
  };
  for (const [name, [attempt, refusal]] of Object.entries(refusals))
    t.equal(outcomeOf(await attempt()), refusal, name);
  for (const each of [device, other]) t.equal(outcomeOf(await each.checkIn()), "200", "nobody is in doubt");
});

t.test("lets an old key make a roomful of successors, and not thousands", async (t) => {
  const device = await told(server);
  const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => device.successor()));
  if (!first) throw new Error("no successor");
  const full = await device.succession(stranger());
  t.equal(outcomeOf(full), "429 too-many-successors");
  t.equal(full.headers["retry-after"], "3600");
  t.equal(outcomeOf(await first.succession(stranger())), "429 too-many-successors", "nor by way of one");
  t.equal(others.length, 19);
  for (let living = 20; living < 128; ) {
    server.ahead += 3_600_001;
    const more = Math.min(20, 128 - living);
    await Promise.all(Array.from({ length: more }, () => device.successor()));
    living += more;
  }
  server.ahead += 3_600_001;
  t.equal(outcomeOf(await device.succession(stranger())), "429 too-many-successors");
});

t.test("lets no retired device go on under another key", async (t) => {
  const device = await told(server);
  await server.admin("POST", `/api/v1/devices/${device.device}/retire`);
  t.equal(outcomeOf(await device.succession(stranger())), "403 device-retired");
});
