/** What the person at a device reads of it: everything that is stored, and what the server signs for. */
import { digestOf, isAnnouncedBy, isReceiptOf, receiptsAnswer, stateDigest } from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { machine, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const inventory = "essential,hardware,system,software,network";
const documents = Object.fromEntries(
  Object.entries(machine()).map(([name, { document }]) => [name, document]),
);
const shown = z.object({
  installation: z.string(),
  id: z.string(),
  server: z.string(),
  ownership: z.string(),
  organisation: z.unknown(),
  policy: z.unknown(),
  groups: z.unknown(),
  masked: z.unknown().optional(),
  consent: z.unknown(),
  sections: z.record(
    z.string(),
    z.looseObject({ status: z.string(), digest: z.string(), document: z.unknown() }),
  ),
});

const version = z.object({ digest: z.string(), at: z.iso.datetime(), document: z.unknown() });
const versions = z.object({ document: z.unknown(), history: z.array(version) });

/** Documents by section, their digests compared with what they are digests of. */
const documentsIn = ({ sections }: z.infer<typeof shown>) =>
  Object.fromEntries(
    Object.entries(sections).map(([name, { digest, document }]) => {
      if (digest !== digestOf(document)) throw new Error(`${name} does not have its digest`);
      return [name, document];
    }),
  );

t.test("shows a person everything of their own device, masked in nothing", async (t) => {
  const device = await told(server, {}, { grant: inventory });
  const other = await told(server, { hostname: "host-of-the-other" });
  const { status, body } = await device.me("GET", "/v1/me");
  const own = shown.parse(body);
  t.equal(status, 200);
  t.match(own, {
    installation: device.installation,
    id: device.device,
    server: server.id,
    ownership: "personal",
    organisation: { name: "", contact: "" },
    policy: { version: 0, digest: device.policyDigest },
    groups: ["default"],
    consent: { consentNumber: 2, grants: device.grants },
  });
  t.equal(own.masked, undefined);
  t.same(documentsIn(own), documents);
  t.notOk(JSON.stringify(body).includes("host-of-the-other"));
  t.equal(shown.parse((await other.me("GET", "/v1/me")).body).id, other.device);
});

t.test("signs for the consent and the whole state that it holds", async (t) => {
  const device = await server.device({ grant: inventory });
  const before = receiptsAnswer.parse((await device.me("GET", "/v1/me/receipts")).body);
  t.equal(before.state, null, "before the first check-in there is nothing to sign for");
  await device.checkedIn();
  await device.sent(machine());
  const { receiptKey, consent, state } = receiptsAnswer.parse(
    (await device.me("GET", "/v1/me/receipts")).body,
  );
  if (!consent || !state) throw new Error("a receipt is missing");
  t.ok(isAnnouncedBy(server.id, receiptKey));
  t.ok(isReceiptOf(receiptKey.key, consent) && isReceiptOf(receiptKey.key, state));
  const states = Object.entries(documents).map(
    ([name, document]) => [name, ["ok", digestOf(document)]] as const,
  );
  t.match(consent, { installation: device.installation, consentNumber: 2 });
  t.match(state, {
    installation: device.installation,
    counter: device.counter,
    consentNumber: 2,
    stateDigest: stateDigest(Object.fromEntries(states)),
    sections: Object.fromEntries(states),
  });
  t.equal(state.stateDigest, device.stateDigest);
});

t.test("exports everything as one document, byte for byte what the device told", async (t) => {
  const device = await told(server, { hostname: "ädä \u{1f5a5}" }, { grant: inventory });
  await device.checkedIn({ readings: { "operating-system": { uptimeSeconds: 5 } } });
  await server.admin("GET", `/api/v1/devices/${device.device}`);
  const reply = await device.me("GET", "/v1/me/export");
  t.equal(reply.headers["content-type"], "application/json");
  const exported = shown.parse(reply.body);
  t.match(
    Object.values(exported.sections),
    Object.keys(exported.sections).map(() => ({ history: [] })),
  );
  const mine = machine({ hostname: "ädä \u{1f5a5}" });
  t.same(
    documentsIn(exported),
    Object.fromEntries(Object.entries(mine).map(([name, { document }]) => [name, document])),
  );
  t.match(reply.body, {
    installation: device.installation,
    id: device.device,
    consent: { consentNumber: 2 },
    receipts: { consent: { use: "consent" }, state: { use: "receipt" } },
    readings: { "operating-system": { uptimeSeconds: { value: 5 } } },
    corrections: [],
    requests: [],
    lookups: [{ by: "admin os:tester", what: "record", times: 1 }],
    notes: [],
    possibleDuplicates: [],
  });
});

t.test("exports every version that is kept, each as it was told", async (t) => {
  const device = await told(server);
  const models = ["Analytical 12", "Difference 1", "Difference 2", "Difference 3"];
  for (const model of models.slice(1)) await device.sent({ system: machine({ model }).system });
  const { sections } = shown.parse((await device.me("GET", "/v1/me/export")).body);
  const { history, document } = versions.parse(sections.system);
  t.same(document, machine({ model: "Difference 3" }).system.document);
  t.same(
    history.map((version) => version.document),
    models
      .slice(0, -1)
      .reverse()
      .map((model) => machine({ model }).system.document),
  );
  for (const version of history) t.equal(digestOf(version.document), version.digest);
});

t.test("exports 20 times a day, then says why not and when again", async (t) => {
  const device = await told(server);
  const other = await told(server);
  for (let n = 0; n < 20; n++) t.equal(outcomeOf(await device.me("GET", "/v1/me/export")), "200");
  server.ahead = 60_000;
  const refused = await device.me("GET", "/v1/me/export");
  t.equal(outcomeOf(refused), "429 too-often");
  t.match(refused.body, { detail: /20 times within a day/ });
  const wait = Number(refused.headers["retry-after"]);
  t.ok(wait > 86_000 && wait <= 86_400 - 59, `${wait} s`);
  t.equal(outcomeOf(await other.me("GET", "/v1/me/export")), "200", "of each device for itself");
  t.equal(outcomeOf(await device.me("GET", "/v1/me")), "200", "looking is not exporting");
  server.ahead += wait * 1_000;
  t.equal(outcomeOf(await device.me("GET", "/v1/me/export")), "200");
  server.ahead = 0;
});
