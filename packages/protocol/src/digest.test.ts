// Digests: of bytes, of canonical forms, of everything acknowledged, and in the header that names a body's.
import { createHash } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import {
  digestOf,
  digestOfBytes,
  digestSchema,
  reprDigest,
  reprDigestMatches,
  type SectionStates,
  stateDigest,
} from "./digest.ts";
import { statuses } from "./status.ts";
import { anyCharacter } from "./testing/any-character.ts";
import { reordered } from "./testing/documents.ts";

const nothing = "RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o";

t.test("begins with the state digest of {}", async (t) => {
  t.equal(createHash("sha256").update("{}").digest("base64url"), nothing);
  t.equal(stateDigest({}), nothing);
  t.equal(digestOf({}), nothing);
});

t.test(
  "makes the state digest of status and digest of each section, in the order of their names",
  async (t) => {
    const states: SectionStates = { system: ["denied", null], memory: ["ok", nothing] };
    t.equal(stateDigest(states), digestOfBytes(`{"memory":["ok","${nothing}"],"system":["denied",null]}`));
  },
);

const digests = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("base64url"));
const states = fc.dictionary(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
  fc.tuple(fc.constantFrom(...statuses), fc.option(digests)),
  { noNullPrototype: true },
);

t.test(
  "has one state digest in whatever order sections come, and another when anything changed",
  async () => {
    fc.assert(
      fc.property(states, states, (one, other) => {
        const entries = Object.entries(one);
        if (stateDigest(Object.fromEntries(entries.reverse())) !== stateDigest(one)) return false;
        const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        return (stateDigest(one) === stateDigest(other)) === same;
      }),
      { numRuns: 200 },
    );
  },
);

const sorted = (value: object) => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));

t.test("has one digest for members in any order", async () => {
  const values = fc.dictionary(fc.string(), fc.dictionary(fc.string(), fc.integer()), {
    noNullPrototype: true,
  });
  const pairs = values.chain((value) => fc.tuple(fc.constant(value), reordered(value)));
  fc.assert(
    fc.property(pairs, ([value, other]) => digestOf(value) === digestOf(other)),
    { numRuns: 100 },
  );
});

t.test("writes every digest in one way only", async () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => digestSchema.safeParse(digestOfBytes(bytes)).success),
    { numRuns: 200 },
  );
  // The last character has two bits too many; with one of them set it would be another name of the same bytes.
  fc.assert(
    fc.property(
      digests,
      fc.constantFrom(..."BCDFGHJKLNOPRSTVWXZabdefhijlmnpqrtuvxyz12356790-_"),
      (digest, last) => {
        const written = digest.slice(0, 42) + last;
        const again = Buffer.from(written, "base64url").toString("base64url");
        return digestSchema.safeParse(written).success === (again === written);
      },
    ),
    { numRuns: 300 },
  );
});

t.test("takes nothing else for a digest", async (t) => {
  const others = [
    "",
    nothing.slice(1),
    `${nothing}A`,
    `${nothing}=`,
    `${nothing}\n`,
    nothing.replace("_", "/"),
    5,
    null,
  ];
  t.strictSame(
    others.filter((other) => digestSchema.safeParse(other).success),
    [],
  );
});

t.test("names a body's digest as RFC 9530 does", async (t) => {
  // The example of RFC 9530, appendix B.1.
  t.equal(
    reprDigest(Buffer.from('{"hello": "world"}\n')),
    "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
  );
});

t.test("finds SHA-256 in a header wherever it stands, and nothing else", async (t) => {
  const body = Buffer.from("body");
  const right = reprDigest(body);
  const wrong = reprDigest(Buffer.from("Body"));
  const md5 = `md5=:${createHash("md5").update(body).digest("base64")}:`;
  const cases = {
    alone: [right, true],
    "behind another": [`${md5}, ${right}`, true],
    "before another": [`${right},${md5}`, true],
    "with white space": [`  ${right}\t`, true],
    "of another body": [wrong, false],
    "another algorithm alone": [md5, false],
    nothing: ["", false],
    "without colons": [right.replaceAll(":", ""), false],
    "without its name": [right.slice("sha-256=".length), false],
    "under another's name": [right.replace("sha-256", "sha-512"), false],
    "cut short": [right.slice(0, -1), false],
    "in base64url": [`sha-256=:${digestOfBytes(body)}:`, false],
  } as const;
  t.strictSame(
    Object.entries(cases).map(([what, [header]]) => [what, reprDigestMatches(header, body)]),
    Object.entries(cases).map(([what, [, matches]]) => [what, matches]),
  );
});

t.test("matches a header of any text only when it names this body", async () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (one, other) => {
      return reprDigestMatches(reprDigest(one), other) === (Buffer.compare(one, other) === 0);
    }),
    { numRuns: 100 },
  );
  fc.assert(
    fc.property(
      fc.string({ unit: anyCharacter }),
      (header) => !reprDigestMatches(header, Buffer.from("body")),
    ),
    { numRuns: 100 },
  );
});
