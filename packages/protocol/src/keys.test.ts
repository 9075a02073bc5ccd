// Ed25519 keys and signatures, each in one way of writing only.
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import { canonicalBytes } from "./json.ts";
import {
  newSigningKey,
  publicKeySchema,
  type SigningKey,
  signatureSchema,
  signCanonical,
  signingKeyFromPem,
  signingKeyToPem,
  verifyBytes,
  verifyCanonical,
} from "./keys.ts";
import { anyCharacter } from "./testing/any-character.ts";

/** A private key of RFC 8032, 7.1, in PKCS #8: a fixed head of 16 bytes and the 32 of the key. */
function keyOf(seed: string): SigningKey {
  const key = createPrivateKey({
    key: Buffer.from(`302e020100300506032b657004220420${seed}`, "hex"),
    format: "der",
    type: "pkcs8",
  });
  return signingKeyFromPem(key.export({ type: "pkcs8", format: "pem" }).toString());
}

const hex = (text: string) => Buffer.from(text, "hex").toString("base64url");

t.test("reads keys and checks signatures as RFC 8032 has them", async (t) => {
  const key = keyOf("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  t.equal(key.publicKey, hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
  // The message of test 2 is one byte, 0x72.
  const signature = hex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );
  t.ok(verifyBytes(key.publicKey, Buffer.from("r"), signature));
  t.notOk(verifyBytes(key.publicKey, Buffer.from("s"), signature));
});

t.test("signs the canonical form, whatever the order of members", async (t) => {
  const key = newSigningKey();
  const signature = signCanonical(key, { b: 1, a: [2] });
  t.ok(verifyCanonical(key.publicKey, { a: [2], b: 1 }, signature));
  t.ok(verifyBytes(key.publicKey, Buffer.from('{"a":[2],"b":1}'), signature));
  t.notOk(verifyCanonical(key.publicKey, { a: [2], b: 2 }, signature));
  t.notOk(verifyCanonical(newSigningKey().publicKey, { a: [2], b: 1 }, signature));
});

t.test("writes every key and signature in the form it takes them in", async (t) => {
  for (let round = 0; round < 20; round++) {
    const key = newSigningKey();
    t.ok(publicKeySchema.safeParse(key.publicKey).success);
    t.ok(signatureSchema.safeParse(signCanonical(key, round)).success);
  }
});

t.test("keeps a key through PEM", async (t) => {
  const key = newSigningKey();
  const again = signingKeyFromPem(signingKeyToPem(key));
  t.equal(again.publicKey, key.publicKey);
  t.equal(signCanonical(again, { a: 1 }), signCanonical(key, { a: 1 }));
});

t.test("refuses PEM that holds no Ed25519 key", async (t) => {
  const pem = ({ privateKey }: ReturnType<typeof generateKeyPairSync>) =>
    privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  t.throws(() => signingKeyFromPem(pem(generateKeyPairSync("x25519"))), { message: "not an Ed25519 key" });
  t.throws(() => signingKeyFromPem(pem(generateKeyPairSync("ec", { namedCurve: "P-256" }))), {
    message: "not an Ed25519 key",
  });
  t.throws(() => signingKeyFromPem(""));
  t.throws(() => signingKeyFromPem(signingKeyToPem(newSigningKey()).slice(0, 60)));
});

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

t.test("takes of the ways to write a key or a signature only one", async (t) => {
  const key = newSigningKey();
  const bytes = canonicalBytes({ a: 1 });
  const signature = signCanonical(key, { a: 1 });
  /** The same bytes in their other spellings: the bits that the last character has too many are not zero. */
  const spellings = (text: string) =>
    [...alphabet]
      .map((last) => text.slice(0, -1) + last)
      .filter((other) => Buffer.from(other, "base64url").equals(Buffer.from(text, "base64url")));
  t.equal(spellings(key.publicKey).length, 4);
  t.strictSame(
    spellings(key.publicKey).filter((other) => verifyBytes(other, bytes, signature)),
    [key.publicKey],
  );
  t.equal(spellings(signature).length, 16);
  t.strictSame(
    spellings(signature).filter((other) => verifyBytes(key.publicKey, bytes, other)),
    [signature],
  );
});

t.test("finds any changed bit of a signature", async () => {
  const key = newSigningKey();
  const bytes = canonicalBytes({ a: 1 });
  const signature = Buffer.from(signCanonical(key, { a: 1 }), "base64url");
  fc.assert(
    fc.property(fc.nat(511), (bit) => {
      const changed = Buffer.from(signature);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return !verifyBytes(key.publicKey, bytes, changed.toString("base64url"));
    }),
    { numRuns: 200 },
  );
});

t.test("answers no to anything that is no key, no signature or has no canonical form", async (t) => {
  const key = newSigningKey();
  const texts = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.constantFrom(key.publicKey, signCanonical(key, "another")),
  );
  fc.assert(
    fc.property(
      texts,
      fc.anything({ withBigInt: true, withDate: true }),
      texts,
      (publicKey, value, signature) => {
        return !verifyCanonical(publicKey, { value }, signature);
      },
    ),
    { numRuns: 300 },
  );
  t.notOk(verifyCanonical(key.publicKey, "\ud800", signCanonical(key, {})));
  // Keys in the right form that nobody has.
  for (const other of ["A".repeat(43), Buffer.alloc(32, 2).toString("base64url")])
    t.notOk(verifyBytes(other, Buffer.from("a"), signCanonical(key, {})));
});
