// The one proof: it holds for the one request it was made for, and for nothing that differs in anything.
import fc from "fast-check";
import t from "tap";
import { digestOfBytes } from "./digest.ts";
import { newInstallationId } from "./identifier.ts";
import { canonical } from "./json.ts";
import { newSigningKey, signCanonical } from "./keys.ts";
import {
  makeProof,
  type ProofStatement,
  type ProofSubject,
  proofUses,
  readProof,
  verifyProof,
} from "./proof.ts";
import { anyCharacter } from "./testing/any-character.ts";
import { refusalOf } from "./testing/refusal.ts";

const key = newSigningKey();
const server = newSigningKey().publicKey;
const installation = newInstallationId();
const nonce = "n".repeat(64);
const subject: ProofSubject = {
  use: "session",
  audience: server,
  installation,
  method: "POST",
  target: "/v1/sessions?a=1",
  body: Buffer.from("{}"),
  nonce,
};
const { nonce: _, ...expected } = subject;
const { body, ...signed } = subject;
const statement: ProofStatement = { ...signed, bodyDigest: digestOfBytes(body) };

const encoded = (text: string) => Buffer.from(text).toString("base64url");
/** A header with any content, signed with the right key. */
const header = (content: string, signature = signCanonical(key, statement)) =>
  `${encoded(content)}.${signature}`;

const unreadable = { code: "proof-invalid", detail: "The proof cannot be read." };
const unsigned = { code: "proof-invalid", detail: "The signature does not fit the key." };
const refusal = (value: string, { publicKey = key.publicKey, of = expected } = {}) =>
  refusalOf(() => verifyProof(value, publicKey, of));

t.test("yields its nonce for the request it was made for", async (t) => {
  t.equal(verifyProof(makeProof(key, subject), key.publicKey, expected), nonce);
  const { installation: _, ...first } = subject;
  t.equal(verifyProof(makeProof(key, first), key.publicKey, first), nonce);
});

t.test("is base64url of canonical JSON, and a signature over it", async (t) => {
  t.equal(makeProof(key, subject), header(canonical(statement)));
  t.strictSame(readProof(makeProof(key, subject)).statement, statement);
});

t.test("names the member that is another's", async (t) => {
  const others: { readonly [Name in keyof Required<Omit<ProofSubject, "nonce">>]: ProofSubject[Name] } = {
    use: "me",
    audience: newSigningKey().publicKey,
    installation: newInstallationId(),
    method: "GET",
    target: "/v1/sessions",
    body: Buffer.from("{} "),
  };
  const named = (name: string) => (name === "body" ? "bodyDigest" : name);
  for (const [name, other] of Object.entries(others)) {
    const foreign = { code: "proof-invalid", detail: `The proof was made for another ${named(name)}.` };
    t.strictSame(refusal(makeProof(key, { ...subject, [name]: other })), foreign, `made for another ${name}`);
    t.strictSame(refusal(makeProof(key, subject), { of: { ...expected, [name]: other } }), foreign);
  }
  const { installation: _, ...without } = expected;
  const foreign = { code: "proof-invalid", detail: "The proof was made for another installation." };
  t.strictSame(refusal(makeProof(key, subject), { of: without }), foreign);
  t.strictSame(refusal(makeProof(key, { ...without, nonce })), foreign);
});

t.test("serves each use alone", async (t) => {
  const taken = proofUses.flatMap((made) =>
    proofUses
      .filter(
        (use) => refusal(makeProof(key, { ...subject, use: made }), { of: { ...expected, use } }) === null,
      )
      .map((use) => [made, use]),
  );
  t.strictSame(
    taken,
    proofUses.map((use) => [use, use]),
  );
});

t.test("refuses another key, another's signature and none", async (t) => {
  const other = newSigningKey();
  t.strictSame(refusal(makeProof(key, subject), { publicKey: other.publicKey }), unsigned);
  t.strictSame(refusal(makeProof(other, subject)), unsigned);
  t.strictSame(refusal(header(canonical(statement), signCanonical(other, statement))), unsigned);
  t.strictSame(refusal(header(canonical(statement), "")), unsigned);
  t.strictSame(refusal(header(canonical(statement), "A".repeat(86))), unsigned);
  t.strictSame(refusal(encoded(canonical(statement))), unsigned);
  const [, signature] = makeProof(key, { ...subject, nonce: "another" }).split(".");
  t.strictSame(refusal(header(canonical(statement), signature)), unsigned);
});

t.test("refuses what is not one statement in its canonical form", async (t) => {
  const { bodyDigest: _, ...withoutBody } = statement;
  const text = canonical(statement);
  const proof = makeProof(key, subject);
  const values = {
    nothing: "",
    "a dot": ".",
    "two proofs": `${proof}, ${proof}`,
    "a third part": `${proof}.`,
    "white space around": ` ${proof}`,
    padding: proof.replace(".", "=."),
    "the other base64": proof.replace(/^./, "+"),
    "no JSON": header("proof"),
    "another order of members": header(JSON.stringify(statement)),
    "white space": header(text.replace(",", ", ")),
    "a duplicate member": header(text.replace("{", `{"audience":"${server}",`)),
    "a member more": header(canonical({ ...statement, more: 1 })),
    __proto__: header(text.replace("{", '{"__proto__":1,')),
    "a member less": header(canonical(withoutBody)),
    "an unknown use": header(canonical({ ...statement, use: "receipt" })),
    "an unknown method": header(canonical({ ...statement, method: "post" })),
    "a nonce too long": header(canonical({ ...statement, nonce: "n".repeat(129) })),
    "10,000 levels": header("[".repeat(2_000)),
    array: header("[]"),
    "too long": `${encoded(text)}.${"A".repeat(4_096)}`,
  };
  t.strictSame(
    Object.entries(values).map(([what, value]) => [what, refusal(value)]),
    Object.keys(values).map((what) => [what, unreadable]),
  );
});

t.test("finds any character that is not as it was signed", async () => {
  const proof = makeProof(key, subject);
  const characters = fc.constantFrom(
    ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.,= ",
  );
  fc.assert(
    fc.property(fc.nat(proof.length - 1), characters, (at, character) => {
      fc.pre(proof[at] !== character);
      return refusal(proof.slice(0, at) + character + proof.slice(at + 1))?.code === "proof-invalid";
    }),
    { numRuns: 300 },
  );
});

t.test("refuses any header that was not signed, and throws nothing else", async () => {
  const contents = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.jsonValue({ stringUnit: anyCharacter }).map((value) => JSON.stringify(value)),
    fc
      .record({
        name: fc.constantFrom(...Object.keys(statement)),
        value: fc.jsonValue({ stringUnit: anyCharacter }),
      })
      .map(({ name, value }) => JSON.stringify({ ...statement, [name]: value })),
  );
  const headers = fc.oneof(
    fc.string({ unit: anyCharacter }),
    contents.map((content) => header(content, "A".repeat(86))),
    fc.uint8Array().map((bytes) => `${Buffer.from(bytes).toString("base64url")}.`),
  );
  fc.assert(
    fc.property(headers, (value) => refusal(value)?.code === "proof-invalid"),
    { numRuns: 300 },
  );
});

t.test("holds the longest target and nonce there may be", async (t) => {
  const long: ProofSubject = { ...subject, target: `/${"t".repeat(2_047)}`, nonce: "n".repeat(128) };
  t.equal(verifyProof(makeProof(key, long), key.publicKey, { ...expected, target: long.target }), long.nonce);
  t.strictSame(refusal(makeProof(key, { ...long, target: `${long.target}t` })), unreadable);
});
