/** What a device has to prove, to be let in and to get a session: its key, for this very request, on a nonce that is good once. */
import { makeProof, newSigningKey, type ProofSubject, type SigningKey } from "@rollcall/protocol";
import t from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import type { Reply, SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const minute = 60_000;
const path = "/v1/enrolments";

interface Attempt {
  readonly body?: object;
  readonly proof?: string;
  readonly nonce?: string;
  readonly key?: SigningKey;
  /** What the proof says, where that is not the truth. */
  readonly said?: Partial<ProofSubject>;
}

async function attempt(device: SimulatedDevice, { body, proof, nonce, key, said }: Attempt): Promise<Reply> {
  const bytes = Buffer.from(JSON.stringify(body ?? device.enrolmentBody()));
  const truth: ProofSubject = {
    use: "enrol",
    audience: server.id,
    method: "POST",
    target: path,
    body: bytes,
    nonce: nonce ?? (await device.nonce()),
  };
  const header = proof ?? makeProof(key ?? device.key, { ...truth, ...said });
  return device.send({ method: "POST", path, body: bytes, headers: { "rollcall-proof": header } });
}

t.test("refuses a proof that was made for anything else", async (t) => {
  const device = await server.stranger();
  const lies: Partial<ProofSubject>[] = [
    { use: "session" },
    { audience: newSigningKey().publicKey },
    { installation: `ins_${"a".repeat(26)}` },
    { method: "PUT" },
    { target: `${path}?x=1` },
    { target: "/v1/sessions" },
    { body: Buffer.from("{}") },
  ];
  for (const said of lies)
    t.equal(outcomeOf(await attempt(device, { said })), "401 proof-invalid", Object.keys(said).join());
  t.equal(outcomeOf(await attempt(device, { key: newSigningKey() })), "401 proof-invalid", "another key");
  t.equal(outcomeOf(await attempt(device, {})), "201", "the truth");
});

t.test("refuses what is no proof at all", async (t) => {
  const device = await server.stranger();
  const body = JSON.stringify(device.enrolmentBody());
  t.equal(outcomeOf(await device.send({ method: "POST", path, body })), "401 proof-invalid", "none");
  for (const proof of ["", ".", "a.b", "x".repeat(5_000), `${Buffer.from("{}").toString("base64url")}.AA`])
    t.equal(outcomeOf(await attempt(device, { proof })), "401 proof-invalid", proof.slice(0, 20));
});

t.test("looks at no signature before it has found the token", async (t) => {
  const device = await server.stranger();
  const body = device.enrolmentBody(`rce_${newSigningKey().publicKey}`);
  t.equal(outcomeOf(await attempt(device, { body, proof: "garbage" })), "403 token-unknown");
});

t.test("takes a nonce once, and gives a new one with the refusal", async (t) => {
  const device = await server.stranger();
  const nonce = await device.nonce();
  t.equal(outcomeOf(await attempt(device, { nonce })), "201");
  const refused = await attempt(device, { nonce });
  t.equal(outcomeOf(refused), "401 nonce-invalid");
  const given = String(refused.headers["rollcall-nonce"]);
  t.not(given, nonce);
  t.equal(outcomeOf(await attempt(device, { nonce: given })), "201");
});

t.test("spends no nonce on a proof that is wrong", async (t) => {
  const device = await server.stranger();
  const nonce = await device.nonce();
  t.equal(outcomeOf(await attempt(device, { nonce, said: { use: "me" } })), "401 proof-invalid");
  t.equal(outcomeOf(await attempt(device, { nonce })), "201");
});

t.test("refuses a nonce that is older than five minutes, not ours, or from before a restart", async (t) => {
  const device = await server.stranger({ uses: 2 });
  const nonces = [await device.nonce(), await device.nonce()] as const;
  server.ahead = 4 * minute + 50_000;
  t.equal(outcomeOf(await attempt(device, { nonce: nonces[0] })), "201");
  server.ahead = 5 * minute + 1;
  t.equal(outcomeOf(await attempt(device, { nonce: nonces[1] })), "401 nonce-invalid");
  server.ahead = 0;
  for (const nonce of ["", "x", "A".repeat(43), "ä".repeat(40)])
    t.equal(outcomeOf(await attempt(device, { nonce })), "401 nonce-invalid", JSON.stringify(nonce));
  const before = await device.nonce();
  await server.restart();
  const moved = await server.stranger();
  t.equal(outcomeOf(await attempt(moved, { nonce: before })), "401 nonce-invalid");
  t.equal(outcomeOf(await attempt(moved, {})), "201");
});
