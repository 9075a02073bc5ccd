/** Whatever a stranger sends is answered with a problem of the table, and lets nobody in who was not. */
import { makeProof, type ProofUse } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { z } from "zod";
import { byteDamage, damagedBytes, damages, overwritten } from "../testing/damage.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const { token } = await server.enrolment({ uses: 10_000, perHour: 10_000 });
const stranger = () => new SimulatedDevice({ url: server.url, server: server.id, token });
const known = stranger();
await known.enrol();

const page = z.looseObject({ total: z.int() });
const enrolled = async () => page.parse((await server.admin("GET", "/api/v1/devices?fresh=true")).body).total;

interface Sent {
  readonly use: ProofUse;
  readonly path: string;
  readonly body: Uint8Array;
  readonly installation?: string;
}

/** A request whose proof is right, whatever its body is. */
async function post(device: SimulatedDevice, { use, path, body, installation }: Sent): Promise<string> {
  const proof = makeProof(device.key, {
    use,
    audience: server.id,
    method: "POST",
    target: path,
    body,
    nonce: await device.nonce(),
    ...(installation === undefined ? {} : { installation }),
  });
  return outcomeOf(await device.send({ method: "POST", path, body, headers: { "rollcall-proof": proof } }));
}

const enrolment = (body: Uint8Array) => post(stranger(), { use: "enrol", path: "/v1/enrolments", body });
const session = (body: Uint8Array) =>
  post(known, { use: "session", path: "/v1/sessions", body, installation: known.installation });

/** Each answer is a 201 or a refusal, and only a 201 to an enrolment adds a device. */
async function survives<T>(
  junk: fc.Arbitrary<T>,
  send: (junk: T) => Promise<string>,
  adds: (outcome: string) => boolean,
): Promise<void> {
  let before = await enrolled();
  await fc.assert(
    fc.asyncProperty(junk, async (each) => {
      const outcome = await send(each);
      if (!/^(201|4\d\d .*)$/.test(outcome)) throw new Error(outcome);
      if (adds(outcome)) before += 1;
      const after = await enrolled();
      if (after !== before) throw new Error(`${outcome}: ${after} devices, not ${before}`);
    }),
    { numRuns: 100 },
  );
}

const isIn = (outcome: string) => outcome === "201";
const never = () => false;

t.test("enrolments with junk in any place", async () => {
  await survives(damages, (done) => enrolment(damagedBytes(stranger().enrolmentBody(), done)), isIn);
});

t.test("bytes of enrolments that were overwritten or cut", async () => {
  const right = () => Buffer.from(JSON.stringify(stranger().enrolmentBody()));
  await survives(byteDamage, (done) => enrolment(overwritten(right(), done)), isIn);
});

t.test("requests for a session with junk in any place", async () => {
  const body = { installation: known.installation };
  await survives(damages, (done) => session(damagedBytes(body, done)), never);
});

t.test("proofs that were overwritten or cut", async () => {
  const path = "/v1/sessions";
  const body = Buffer.from(JSON.stringify({ installation: known.installation }));
  const right = makeProof(known.key, {
    use: "session",
    audience: server.id,
    installation: known.installation,
    method: "POST",
    target: path,
    body,
    nonce: await known.nonce(),
  });
  const printable = fc.string({ minLength: 1, maxLength: 6 }).map((text) => Buffer.from(text));
  const done = fc.record({ at: fc.nat(1_000), bytes: printable, cut: fc.boolean() });
  let taken = 0;
  await survives(
    done,
    async (each) => {
      const proof = Buffer.from(overwritten(Buffer.from(right), each)).toString();
      const reply = await known.send({ method: "POST", path, body, headers: { "rollcall-proof": proof } });
      // What was overwritten with the same characters is right, once.
      if (reply.status === 201) taken += 1;
      if (proof !== right && reply.status !== 401) throw new Error(`${reply.status} for ${proof}`);
      return outcomeOf(reply);
    },
    never,
  );
  t.ok(taken <= 1);
});

t.test("bodies that are JSON of any kind", async () => {
  const any = fc.json().map((text) => Buffer.from(text));
  await survives(
    any,
    async (body) => `${await enrolment(body)}${await session(body)}`,
    (both) => {
      if (!/^4\d\d [a-z-]+4\d\d [a-z-]+$/.test(both)) throw new Error(both);
      return false;
    },
  );
});

t.test("lets the next one in after all that", async (t) => {
  const before = await enrolled();
  await stranger().enrol();
  await known.newSession();
  t.equal(outcomeOf(await known.checkIn()), "200");
  t.equal(await enrolled(), before + 1);
});
