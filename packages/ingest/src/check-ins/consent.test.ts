/** Consent: a numbered list, taken when it is the next one, on the bases that there are, and signed for. */
import {
  type Consented,
  consentReceipt,
  type Grant,
  grantsDigest,
  isReceiptOf,
  serverAnswer,
  storedConsent,
} from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { machine } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const answer = z.strictObject({ receipt: consentReceipt.strict() });
const onServer = z.looseObject({ consent: storedConsent });

async function stored({ device }: SimulatedDevice): Promise<z.infer<typeof storedConsent>> {
  return onServer.parse((await server.admin("GET", `/api/v1/devices/${device}`)).body).consent;
}

const without = (grants: readonly Grant[], category: string) =>
  grants.filter((grant) => grant.category !== category);

t.test("takes the next list, puts it in force and signs for it", async (t) => {
  const device = await server.device();
  const grants = without(device.grants, "network");
  const { status, body } = await device.putConsent(grants);
  const { receipt } = answer.parse(body);
  const { body: about } = await device.send({ method: "GET", path: "/v1/server" });
  const { signature, at, ...statement } = receipt;
  t.equal(status, 200);
  t.same(statement, {
    use: "consent",
    server: server.id,
    installation: device.installation,
    consentNumber: 2,
    grantsDigest: grantsDigest(grants),
  });
  const { key } = serverAnswer.parse(about).receiptKey;
  t.ok(isReceiptOf(key, receipt));
  const later = { ...receipt, at: `${at}0` };
  t.notOk(isReceiptOf(key, later), signature);
  t.same(await stored(device), { consentNumber: 2, grants });
});

t.test("answers the same number with the same list as a repeat, with the receipt that it gave", async (t) => {
  const device = await server.device();
  const first = await device.putConsent(without(device.grants, "network"));
  server.ahead += 1_000;
  const again = await device.putConsent(without(device.grants, "network"));
  t.equal(outcomeOf(again), "200");
  t.same(again.body, first.body);
  const other = await device.putConsent(without(device.grants, "hardware"));
  t.equal(outcomeOf(other), "409 consent-changed");
});

t.test("refuses every number but the next, and tells the stored list", async (t) => {
  const device = await server.device();
  await device.putConsent(without(device.grants, "network"));
  const kept = { consentNumber: 2, grants: without(device.grants, "network") };
  for (const number of [1, 4, 1_000, 2 ** 31]) {
    const reply = await device.putConsent(device.grants, number);
    t.equal(outcomeOf(reply), "409 consent-changed", String(number));
    t.same(storedConsent.parse(reply.body), kept);
  }
  t.same(await stored(device), kept);
  t.equal(outcomeOf(await device.putConsent(device.grants, 3)), "200");
});

const ownerships: readonly Consented["ownership"][] = ["organisation", "personal"];

t.test("refuses a grant on a basis that it does not have", async (t) => {
  for (const ownership of ownerships) {
    const device = await server.device({ ownership, grant: "inventory" });
    for (const [index, grant] of device.grants.entries()) {
      const basis = grant.basis === "consent" ? "legitimate-interest" : "consent";
      const reply = await device.putConsent(device.grants.with(index, { ...grant, basis }));
      t.equal(outcomeOf(reply), "400 invalid-request", `${ownership} ${grant.category} ${basis}`);
      t.match(reply.body, { errors: [{ pointer: `/grants/${index}/basis` }] });
    }
    t.same(await stored(device), { consentNumber: device.consentNumber, grants: device.grants });
  }
});

const consentTo = (given: Grant | undefined, more: Partial<Grant>): Grant[] =>
  given ? [{ ...given, basis: "consent", by: "ada", ...more }] : [];

t.test("takes from an organisation's person what the organisation asked for, and no more", async (t) => {
  const device = await server.stranger({ grant: "people:inventory+support,location=city" });
  const { asks } = await device.enrol();
  t.same(asks, [
    { category: "people", purposes: ["inventory", "support"] },
    { category: "location", level: "city", purposes: ["inventory", "security"] },
  ]);
  const [first] = device.grants;
  const people = (purposes: Grant["purposes"]) => consentTo(first, { category: "people", purposes });
  const place = (level: Grant["level"]) =>
    consentTo(first, { category: "location", level, purposes: ["inventory"] });
  const refused = [
    people(["trends"]),
    people(["inventory", "trends"]),
    place("district"),
    consentTo(first, { category: "nearby" }),
    consentTo(first, { category: "hardware" }),
  ];
  for (const more of refused) {
    const reply = await device.putConsent([...device.grants, ...more]);
    t.equal(outcomeOf(reply), "400 invalid-request", JSON.stringify(more));
  }
  const support = consentTo(first, { category: "hardware", purposes: ["support"] });
  const grants = [...device.grants, ...people(["inventory"]), ...place("city"), ...support];
  t.equal(outcomeOf(await device.putConsent(grants)), "200");
  t.same(await stored(device), { consentNumber: 2, grants });
});

t.test("refuses lists that are none, and keeps the one in force", async (t) => {
  const device = await server.device();
  const [grant] = device.grants;
  if (!grant) throw new Error("a device without grants");
  const wrong: unknown[] = [
    [grant, grant],
    [{ ...grant, category: "shoe-size" }],
    [{ ...grant, purposes: [] }],
    [{ ...grant, purposes: ["profit"] }],
    [{ ...grant, by: "" }],
    [{ ...grant, at: "yesterday" }],
    [{ ...grant, policyDigest: "x" }],
    [{ ...grant, extra: 1 }],
    grant,
    null,
  ];
  for (const grants of wrong) {
    // What a wrong device would send; the helper's own type is that of a right one.
    const reply = await device.putConsent(grants as Grant[]);
    t.equal(outcomeOf(reply), "400 invalid-request", JSON.stringify(grants)?.slice(0, 60));
  }
  t.same(await stored(device), { consentNumber: 1, grants: device.grants });
});

t.test("takes a list without any grant: everything is withdrawn", async (t) => {
  const device = await server.device();
  await device.checkedIn();
  await device.sent(machine());
  t.equal(outcomeOf(await device.putConsent([])), "200");
  t.same(await stored(device), { consentNumber: 2, grants: [] });
  t.match((await server.admin("GET", `/api/v1/devices/${device.device}`)).body, {
    sections: {},
    hostname: null,
  });
});
