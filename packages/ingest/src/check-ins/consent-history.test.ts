/** The history of consent: every grant and withdrawal with who gave it and when, in no more room than it has. */
import { type Grant, grantSchema } from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { alter, holding } from "../testing/altered-database.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { Reply, SimulatedDevice } from "../testing/simulated-device.ts";
import { placesOfText } from "../testing/stored-content.ts";
import { TestServer } from "../testing/test-server.ts";

const begun = "2026-03-01T08:00:00.000Z";
let time = Date.parse(begun);
const server = await TestServer.start(undefined, { now: () => time });
t.teardown(() => server.remove());

const entry = z.strictObject({
  did: z.string(),
  consentNumber: z.int(),
  at: z.string(),
  grant: z.union([grantSchema, z.looseObject({ by: z.null() })]),
});
const shown = z.looseObject({ consentHistory: z.array(entry), masked: z.array(z.string()).optional() });

const historyIn = ({ body }: Reply) => shown.parse(body).consentHistory;
const path = ({ device }: SimulatedDevice) => `/api/v1/devices/${device}`;
const historyOf = async (device: SimulatedDevice) => historyIn(await server.admin("GET", path(device)));

/** Entries as a person reads them, the oldest first. */
const said = async (device: SimulatedDevice) =>
  (await historyOf(device))
    .reverse()
    .map(({ did, grant }) => `${did} ${grant.category} ${grant.level ?? ""} ${grant.purposes}`);

async function put(device: SimulatedDevice, grants: readonly Grant[]): Promise<void> {
  const outcome = outcomeOf(await device.putConsent(grants));
  if (outcome !== "200") throw new Error(outcome);
  device.consentNumber++;
  device.grants = grants;
}

const only = (device: SimulatedDevice, category: string): Grant => {
  const found = device.grants.find((grant) => grant.category === category);
  if (!found) throw new Error(`${category} is not granted`);
  return found;
};
const without = ({ grants }: SimulatedDevice, category: string) =>
  grants.filter((grant) => grant.category !== category);

t.test(
  "tells a grant, its withdrawal and the grant after that: who gave it, when, in which list",
  async (t) => {
    time = Date.parse(begun);
    const device = await server.device({ grant: "people" });
    const first = only(device, "people");
    const others = without(device, "people");
    time += 60_000;
    await put(device, others);
    time += 60_000;
    const again: Grant = { ...first, by: "bob", at: "2026-02-28T00:00:00Z", interactive: false };
    await put(device, [...others, again]);
    const history = await historyOf(device);
    t.same(
      history.filter(({ grant }) => grant.category === "people"),
      [
        { did: "granted", consentNumber: 4, at: "2026-03-01T08:02:00.000Z", grant: again },
        { did: "withdrawn", consentNumber: 3, at: "2026-03-01T08:01:00.000Z", grant: first },
        { did: "granted", consentNumber: 2, at: begun, grant: first },
      ],
    );
    t.same(
      history.slice(3).reverse(),
      others.map((grant) => ({ did: "granted", consentNumber: 1, at: begun, grant })),
      "the enrolment's list stands before it, and nothing else does",
    );
    t.same(historyIn(await device.me("GET", "/v1/me")), history, "the person reads the same");
    t.same(historyIn(await device.me("GET", "/v1/me/export")), history);
  },
);

t.test("keeps the names of who gave them from a viewer, and all of it from other groups", async (t) => {
  const device = await server.device({ grant: "people" });
  const { body } = await server.asToken(await server.apiToken({ role: "viewer" }), path(device));
  const { consentHistory, masked } = shown.parse(body);
  t.same(
    consentHistory,
    (await historyOf(device)).map((each) => ({ ...each, grant: { ...each.grant, by: null } })),
  );
  t.ok(masked?.includes("consentHistory[].grant.by"));
  const elsewhere = await server.apiToken({ role: "admin", group: "lab" });
  t.equal(outcomeOf(await server.asToken(elsewhere, path(device))), "404 not-found");
});

t.test(
  "adds nothing for a repeat, for the same list by another number, or for one that is refused",
  async (t) => {
    const device = await server.device({ grant: "people" });
    const history = await historyOf(device);
    t.equal(outcomeOf(await device.putConsent(device.grants, 2)), "200");
    t.same(await historyOf(device), history, "a repeat");
    t.equal(outcomeOf(await device.putConsent(without(device, "people"), 9)), "409 consent-changed");
    t.same(await historyOf(device), history, "a wrong number");
    await put(device, device.grants);
    t.same(await historyOf(device), history, "another number");
  },
);

t.test("tells purposes that were taken back, and what was granted otherwise", async (t) => {
  const device = await server.device({ grant: "people:inventory+support,location=district" });
  const known = (await said(device)).length;
  const change = async (category: string, changes: Partial<Grant>) =>
    put(
      device,
      device.grants.map((grant) => (grant.category === category ? { ...grant, ...changes } : grant)),
    );
  await change("people", { purposes: ["inventory"] });
  await change("location", { level: "city", at: "2026-02-28T00:00:00Z" });
  await change("location", { recipients: ["https://places.example.org/"] });
  await change("people", { purposes: ["inventory", "trends"] });
  t.same((await said(device)).slice(known), [
    "withdrawn people  support",
    "granted location city inventory,security",
    "granted location city inventory,security",
    "granted people  inventory,trends",
  ]);
});

t.test("keeps the thousand newest tellings of a device, and another's whole", async (t) => {
  const [device, other] = [await server.device({ grant: "all" }), await server.device({ grant: "people" })];
  const before = await historyOf(other);
  const at = (round: number) => new Date(Date.parse(begun) + round * 1_000).toISOString();
  const renewed = (round: number) => device.grants.map((grant) => ({ ...grant, at: at(round) }));
  await put(device, renewed(1));
  const { number } = await holding(server, (queries) =>
    queries
      .selectFrom("consent_history")
      .select((expression) => expression.fn.max("installation").as("number"))
      .where("consent_number", "=", device.consentNumber)
      .executeTakeFirstOrThrow(),
  );
  // As if it had told the same again and again.
  await alter(
    server,
    `insert into consent_history (installation, consent_number, did, of_grant, at)
     with recursive times (n) as (select 1 union all select n + 1 from times where n < 1500)
     select installation, consent_number, did, of_grant, at from times, consent_history
       where installation = ${number} and consent_number = ${device.consentNumber}`,
  );
  await put(device, renewed(2));
  const history = await historyOf(device);
  t.equal(history.length, 1_000);
  t.same(
    history
      .slice(0, device.grants.length)
      .reverse()
      .map(({ grant }) => grant),
    device.grants,
  );
  const stored = await holding(server, (queries) =>
    queries
      .selectFrom("consent_history")
      .select("consent_number")
      .where("installation", "=", number)
      .execute(),
  );
  t.equal(stored.length, 1_000);
  t.equal(Math.min(...stored.map((row) => row.consent_number)), device.consentNumber - 1);
  t.same(await historyOf(other), before);
});

t.test("leaves nothing when the device is deleted, and outlives everything else", async (t) => {
  const device = await server.device({ grant: "people" });
  const giver = "giver-that-nothing-else-names";
  await put(device, [...without(device, "people"), { ...only(device, "people"), by: giver }]);
  await put(device, []);
  t.ok(placesOfText(server.directory, giver).includes("consent_history.of_grant"), "the control");
  t.equal(outcomeOf(await device.me("POST", "/v1/me/delete", {})), "200");
  t.same(placesOfText(server.directory, giver), []);
});
