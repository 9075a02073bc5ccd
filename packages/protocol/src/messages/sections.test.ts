// The sections that changed: the request as a whole, and the receipt for what was taken.
import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { newSigningKey } from "../keys.ts";
import { placesOf } from "../problem.ts";
import { anyCharacter } from "../testing/any-character.ts";
import {
  at,
  digest,
  installation,
  nearlyRight,
  serverKey,
  wrongInstants,
  wrongNumbers,
} from "../testing/messages.ts";
import { garbled, takenWrongly } from "../testing/wrong-members.ts";
import {
  isReceiptOf,
  type Receipt,
  receiptSchema,
  sectionsAnswer,
  sectionsRequest,
  signReceipt,
} from "./sections.ts";

const request = {
  counter: 7,
  baseStateDigest: digest,
  consentNumber: 1,
  sections: { memory: { schema: 1, status: "ok", document: { total: 5 } }, "made.up": "anything" },
};
const statement: Omit<Receipt, "signature"> = {
  use: "receipt",
  server: serverKey.publicKey,
  installation,
  counter: 7,
  stateDigest: digest,
  consentNumber: 1,
  policyDigest: digest,
  at,
  sections: { memory: ["ok", digest], system: ["denied", null] },
};
const receipt: Receipt = signReceipt(serverKey, statement);

t.test("takes any content of a section, known or not, for each is checked on its own", async (t) => {
  t.strictSame(sectionsRequest.parse(request), request);
  t.strictSame(sectionsRequest.parse({ ...request, baseStateDigest: null }).baseStateDigest, null);
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: anyCharacter }), (content) => {
      const { sections } = sectionsRequest.parse({ ...request, sections: { memory: content } });
      assert.deepEqual(sections, { memory: content });
    }),
    { numRuns: 100 },
  );
});

t.test("takes no request with a wrong member, nor one it does not know", async (t) => {
  const wrong = {
    counter: [...wrongNumbers, undefined],
    baseStateDigest: [...nearlyRight(digest).filter((value) => value !== null), undefined],
    consentNumber: [...wrongNumbers, undefined],
    sections: [
      null,
      [],
      "memory",
      5,
      { Memory: {} },
      { "": {} },
      { "a/b": {} },
      { ["a".repeat(65)]: {} },
      undefined,
    ],
    more: [1],
  };
  t.strictSame(takenWrongly(sectionsRequest, request, wrong), []);
});

t.test("passes over no section in silence, whatever its name", async () => {
  const names = fc.oneof(
    fc.string(),
    fc.constantFrom("__proto__", "constructor", "toString", "memory", "a.b"),
  );
  fc.assert(
    fc.property(fc.array(names, { maxLength: 3 }), (some) => {
      const sections = Object.fromEntries(some.map((name) => [name, {}]));
      const read = sectionsRequest.safeParse({ ...request, sections });
      return !read.success || Object.keys(read.data.sections).length === new Set(some).size;
    }),
    { numRuns: 200 },
  );
});

t.test("counts sections before it looks at their names", async (t) => {
  const named = (count: number, name: (index: number) => string) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), {}]));
  const places = (sections: object) => {
    const { error } = sectionsRequest.safeParse({ ...request, sections });
    return error ? placesOf(error) : [];
  };
  t.strictSame(places(named(256, (index) => `a${index}`)), []);
  for (const name of [(index: number) => `a${index}`, (index: number) => `A ${index}`])
    t.strictSame(places(named(257, name)), [{ pointer: "/sections", detail: "more than 256 sections" }]);
});

t.test("takes no receipt with a wrong member", async (t) => {
  const wrong = {
    use: ["consent", "", null, undefined],
    server: [...nearlyRight(serverKey.publicKey), undefined],
    installation: [...nearlyRight(installation), undefined],
    counter: [...wrongNumbers, undefined],
    stateDigest: [...nearlyRight(digest), undefined],
    consentNumber: [...wrongNumbers, undefined],
    policyDigest: [...nearlyRight(digest), undefined],
    at: [...wrongInstants, undefined],
    sections: [
      null,
      [],
      { Memory: ["ok", digest] },
      { memory: ["ok"] },
      { memory: ["ok", digest, 1] },
      { memory: ["fine", digest] },
      { memory: ["ok", ""] },
      { memory: { status: "ok", digest } },
      undefined,
    ],
    signature: [...nearlyRight(receipt.signature), undefined],
  };
  t.strictSame(receiptSchema.parse(receipt), receipt);
  t.strictSame(takenWrongly(receiptSchema, receipt, wrong), []);
});

t.test("believes a receipt of this receipt key over all that it says, also of a newer server", async (t) => {
  const { publicKey } = serverKey;
  t.ok(isReceiptOf(publicKey, receipt));
  t.notOk(isReceiptOf(newSigningKey().publicKey, receipt));
  t.notOk(isReceiptOf(publicKey, { ...receipt, signature: "A".repeat(86) }));
  const changes: readonly Partial<Receipt>[] = [
    { counter: 8 },
    { at: "2026-03-01T12:00:01Z" },
    { sections: {} },
  ];
  for (const change of changes) t.notOk(isReceiptOf(publicKey, { ...receipt, ...change }));
  const newer = signReceipt(serverKey, { ...statement, kept: 5 });
  t.ok(isReceiptOf(publicKey, receiptSchema.parse(newer)));
  t.notOk(isReceiptOf(publicKey, receiptSchema.parse({ ...newer, kept: 6 })));
});

t.test("reads which sections were refused and why", async (t) => {
  const errors = [{ pointer: "/document/total", detail: "Too big" }];
  const answer = { refused: [{ section: "memory", errors }], receipt };
  t.strictSame(sectionsAnswer.parse({ ...answer, more: 1 }), answer);
  const refused = { section: "memory", errors };
  const wrong = {
    refused: [
      null,
      {},
      [{}],
      ["memory"],
      [{ section: "memory" }],
      [{ section: "a".repeat(65), errors }],
      [{ section: "memory", errors: new Array(101).fill(errors[0]) }],
      [{ section: "memory", errors: [{ pointer: "/a" }] }],
      new Array(257).fill(refused),
      undefined,
    ],
    receipt: [null, {}, statement, undefined],
  };
  t.strictSame(takenWrongly(sectionsAnswer, answer, wrong), []);
});

t.test("answers any message at all", async () => {
  fc.assert(
    fc.property(garbled(request), garbled(receipt), (anyRequest, anyReceipt) => {
      sectionsRequest.safeParse(anyRequest);
      receiptSchema.safeParse(anyReceipt);
    }),
    { numRuns: 100 },
  );
});
