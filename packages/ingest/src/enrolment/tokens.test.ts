/** What an enrolment token lets in, how often and until when. */
import {
  agentApplication,
  catalogueDigest,
  defaultIntervalSeconds,
  enrolmentAnswer,
  type Grant,
  newSigningKey,
  type Ownership,
} from "@rollcall/protocol";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { z } from "zod";
import { pathsIn } from "../store/data-directory.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const enrol = (device: SimulatedDevice) => device.prove("enrol", "/v1/enrolments", device.enrolmentBody());

/** Makes devices that share one new token. */
async function sharing(options: Readonly<Record<string, unknown>>): Promise<() => SimulatedDevice> {
  const { token } = await server.enrolment(options);
  return () => new SimulatedDevice({ url: server.url, server: server.id, token });
}

const tokenList = z.object({
  items: z.array(z.looseObject({ id: z.string(), group: z.string(), used: z.int() })),
});
const tokens = async () =>
  tokenList.parse((await server.admin("GET", "/api/v1/enrolment-tokens")).body).items;

const basisOf = ({ category, basis }: Grant) => `${category}: ${basis}`;

t.test("tells an enrolled device all that the protocol promises", async (t) => {
  const device = await server.stranger({ group: "office", ownership: "organisation", grant: undefined });
  const { status, body } = await enrol(device);
  const answer = enrolmentAnswer.strict().parse(body);
  t.same(
    [status, answer.ownership, answer.intervalSeconds, answer.policy],
    [201, "organisation", defaultIntervalSeconds, { version: 0, digest: catalogueDigest }],
  );
  t.same(answer.grants.map(basisOf), [
    "essential: contract",
    "hardware: legitimate-interest",
    "system: legitimate-interest",
    "software: legitimate-interest",
    "network: legitimate-interest",
    "location: legitimate-interest",
    "diagnostics: legitimate-interest",
    "updates: legitimate-interest",
  ]);
  t.same(
    answer.grants.map(({ by, interactive, level, policyDigest }) => ({
      by,
      interactive,
      level,
      policyDigest,
    })),
    answer.grants.map(({ category }) => ({
      by: "os:tester",
      interactive: false,
      level: category === "location" ? "country" : undefined,
      policyDigest: catalogueDigest,
    })),
  );
});

const grantsOf = async (options: Readonly<Record<string, unknown>>) =>
  (await (await server.stranger(options)).enrol()).grants.map(
    (grant) => [basisOf(grant), grant.level, grant.purposes] as const,
  );

t.test("carries the wishes of an organisation into the grants, on its basis", async (t) => {
  const ofTheToken = await grantsOf({ grant: "hardware:support,people,location=city" });
  t.same(
    ofTheToken.map(([category, level, purposes]) => [category, level, purposes.join()]),
    [
      ["essential: contract", undefined, "inventory,security"],
      ["hardware: legitimate-interest", undefined, "support"],
      ["system: legitimate-interest", undefined, "inventory,security"],
      ["software: legitimate-interest", undefined, "inventory,security"],
      ["network: legitimate-interest", undefined, "inventory,security"],
      ["location: legitimate-interest", "country", "inventory,security"],
      ["diagnostics: legitimate-interest", undefined, "inventory,security"],
      ["updates: legitimate-interest", undefined, "inventory,security"],
    ],
  );
});

t.test("grants nothing on a personal device that its person was not asked for", async (t) => {
  t.same(await grantsOf({ ownership: "personal", grant: "essential:support,hardware,location=city" }), [
    ["essential: contract", undefined, ["support"]],
  ]);
  const token = await server.stranger({ ownership: "personal", group: "before" });
  const wishes = [{ category: "people", purposes: ["inventory"] }];
  const database = new SqliteDatabase(pathsIn(server.directory).database);
  database
    .prepare("update enrolment_tokens set wishes = ? where group_name = 'before'")
    .run(JSON.stringify(wishes));
  database.close();
  t.same((await token.enrol()).grants.map(basisOf), ["essential: contract"], "a token of an older server");
});

t.test("leaves out of a token what nobody can consent to for others, and names it", async (t) => {
  const leftOut = async (ownership: Ownership, grant: string) => {
    const wished = { local: true, ownership, grant };
    const { body } = await server.admin("POST", "/api/v1/enrolment-tokens", wished);
    return z.looseObject({ leftOut: z.array(z.string()) }).parse(body).leftOut;
  };
  t.same(await leftOut("organisation", "hardware,people,location=city,actions"), [
    "people",
    "location",
    "actions",
  ]);
  t.same(await leftOut("personal", "inventory"), ["hardware", "system", "software", "network"]);
});

t.test("makes no string with an address that no other machine could use", async (t) => {
  t.equal(outcomeOf(await server.admin("POST", "/api/v1/enrolment-tokens", {})), "409 loopback-only");
});

t.test("gives the same key its installation again, used up and expired as the token may be", async (t) => {
  const another = await sharing({ expiresInSeconds: 60 });
  const [device, other] = [another(), another()];
  const { session: firstSession, ...first } = await device.enrol();
  const again = await device.enrol();
  t.same({ ...again, session: "" }, { ...first, session: "" });
  t.not(again.session, firstSession);
  t.equal(outcomeOf(await enrol(other)), "403 token-used-up");
  t.teardown(() => {
    server.ahead = 0;
  });
  server.ahead = 61_000;
  t.same({ ...(await device.enrol()), session: "" }, { ...first, session: "" });
  t.equal(outcomeOf(await enrol(other)), "403 token-expired");
  server.ahead = 0;
  t.equal((await tokens()).at(-1)?.used, 1);
});

t.test("tells unknown, expired, revoked, used-up and too-quickly-used tokens apart", async (t) => {
  const unknown = new SimulatedDevice({
    url: server.url,
    server: server.id,
    token: `rce_${newSigningKey().publicKey}`,
  });
  t.equal(outcomeOf(await enrol(unknown)), "403 token-unknown");

  const late = (await sharing({ expiresInSeconds: 3_600 }))();
  server.ahead = 3_600_001;
  t.equal(outcomeOf(await enrol(late)), "403 token-expired");
  server.ahead = 0;

  const revoked = await server.stranger({ group: "revoked" });
  const id = (await tokens()).find(({ group }) => group === "revoked")?.id;
  const path = `/api/v1/enrolment-tokens/${id}`;
  t.equal(outcomeOf(await server.admin("DELETE", path)), "200");
  t.equal(outcomeOf(await enrol(revoked)), "403 token-revoked");

  const hasty = await sharing({ uses: 3, perHour: 2 });
  const third = hasty();
  t.same([await enrol(hasty()), await enrol(hasty()), await enrol(third)].map(outcomeOf), [
    "201",
    "201",
    "429 token-rate",
  ]);
  server.ahead = 3_600_001;
  t.equal(outcomeOf(await enrol(third)), "201");
  server.ahead = 0;
});

t.test("never exceeds the uses, with twenty devices at once on a token of five", async (t) => {
  const another = await sharing({ uses: 5, group: "rush" });
  const replies = await Promise.all(Array.from({ length: 20 }, () => enrol(another())));
  const outcomes = replies.map(outcomeOf);
  t.same(outcomes.toSorted(), [
    ...Array.from({ length: 5 }, () => "201"),
    ...Array.from({ length: 15 }, () => "403 token-used-up"),
  ]);
  const { body } = await server.admin("GET", "/api/v1/devices?fresh=true&q=group:rush");
  t.equal(z.looseObject({ total: z.int() }).parse(body).total, 5);
  t.equal((await tokens()).find(({ group }) => group === "rush")?.used, 5);
});

t.test("lets in one installation when the same new key enrols twice at once", async (t) => {
  const device = await server.stranger({ uses: 2, group: "twice" });
  const replies = await Promise.all([enrol(device), enrol(device)]);
  const [first, second] = replies.map(({ body }) => enrolmentAnswer.parse(body).installation);
  t.equal(first, second);
  t.equal((await tokens()).find(({ group }) => group === "twice")?.used, 1);
});

t.test("refuses a device that has nothing but unknown application numbers", async (t) => {
  const device = await server.stranger();
  const named = (...numbers: string[]) => ({
    ...device.enrolmentBody(),
    applications: numbers.map((number) => ({ number, version: "1.0" })),
  });
  const outcome = async (...numbers: string[]) =>
    outcomeOf(await device.prove("enrol", "/v1/enrolments", named(...numbers)));
  t.equal(await outcome("till", "printer"), "403 application-unknown");
  const made = await server.admin("POST", "/api/v1/applications", { name: "Till" });
  t.same(made.body, { number: "till", name: "Till" });
  t.equal(await outcome("till", "printer"), "201");
  const list = await server.admin("GET", "/api/v1/applications");
  const { items } = z.object({ items: z.array(z.looseObject({ number: z.string() })) }).parse(list.body);
  t.same(
    items.map(({ number }) => number),
    [agentApplication, "till"],
  );
  for (const number of ["till", agentApplication]) {
    const taken = await server.admin("POST", "/api/v1/applications", { name: "x", number });
    t.equal(outcomeOf(taken), "400 invalid-request");
  }
});

t.test("takes small, plain bodies only", async (t) => {
  const device = await server.stranger();
  const post = (path: string, body: string, headers = {}) =>
    device.send({ method: "POST", path, body, headers });
  for (const path of ["/v1/enrolments", "/v1/sessions"]) {
    t.equal(outcomeOf(await post(path, " ".repeat(16_385))), "413 too-large");
    t.equal(outcomeOf(await post(path, " ".repeat(16_384))), "400 invalid-json");
    for (const encoding of ["zstd", "gzip", "br"]) {
      const reply = await post(path, "{}", { "content-encoding": encoding });
      t.equal(outcomeOf(reply), "415 unsupported-encoding");
    }
  }
});
