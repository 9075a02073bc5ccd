// What the server says of itself, and the receipt key that it announces under its own.
import fc from "fast-check";
import t from "tap";
import { newSigningKey, signCanonical } from "../keys.ts";
import { accepts } from "../registry.ts";
import { at, digest, nearlyRight, policy, serverKey, wrongInstants } from "../testing/messages.ts";
import { garbled, takenWrongly } from "../testing/wrong-members.ts";
import { announcedKeySchema, announceReceiptKey, isAnnouncedBy } from "./announcements.ts";
import { serverAnswer } from "./server.ts";

const server = serverKey.publicKey;
const { publicKey: key } = newSigningKey();
const announced = announceReceiptKey(serverKey, key, at);
const answer = {
  server,
  organisation: { name: "Example", contact: "privacy@example.org" },
  receiptKey: announced,
  policy,
  accepts,
  limits: { checkInBody: 65_536 },
};

t.test("reads who the server is, and ignores what a newer one says besides", async (t) => {
  t.strictSame(serverAnswer.parse({ ...answer, cap: "PEM" }), answer);
});

t.test("takes no answer with a wrong member", async (t) => {
  const wrong = {
    server: [...nearlyRight(server), undefined],
    organisation: [
      null,
      {},
      { name: "a" },
      { name: 5, contact: "" },
      { name: "a".repeat(257), contact: "" },
      undefined,
    ],
    receiptKey: [null, {}, key, { ...announced, use: "receipt" }, { ...announced, signature: "" }, undefined],
    policy: [null, {}, { version: 1.5, digest }, { version: -1, digest }, undefined],
    accepts: [null, { memory: 0 }, { memory: "1" }, undefined],
    limits: [null, { page: "100" }, undefined],
  };
  t.strictSame(takenWrongly(serverAnswer, answer, wrong), []);
  const wrongKey = {
    use: ["receipt", "consent", "enrol", null, undefined],
    server: [...nearlyRight(server), undefined],
    key: [...nearlyRight(key), undefined],
    at: [...wrongInstants, undefined],
    signature: [...nearlyRight(announced.signature), undefined],
  };
  t.strictSame(takenWrongly(announcedKeySchema, announced, wrongKey), []);
});

t.test("believes a receipt key that the server itself announced, and no other", async (t) => {
  const other = newSigningKey();
  t.strictSame(announced, { ...announced, use: "receipt-key", server, key, at });
  t.ok(isAnnouncedBy(server, announced));
  t.notOk(isAnnouncedBy(other.publicKey, announced));
  t.notOk(isAnnouncedBy(server, announceReceiptKey(other, key, at)));
  t.notOk(isAnnouncedBy(server, { ...announceReceiptKey(other, key, at), server }));
  t.notOk(isAnnouncedBy(server, { ...announced, key: other.publicKey }));
  t.notOk(isAnnouncedBy(server, { ...announced, at: "2026-03-01T12:00:01Z" }));
  const foreign = announceReceiptKey(other, key, at);
  const { signature: _, ...statement } = foreign;
  t.notOk(
    isAnnouncedBy(server, { ...foreign, signature: signCanonical(serverKey, statement) }),
    "for another server",
  );
});

t.test("believes an announcement of a newer server over all that it says", async (t) => {
  const { signature: _, ...statement } = announced;
  const newer = { ...statement, until: at };
  const signed = { ...newer, signature: signCanonical(serverKey, newer) };
  t.ok(isAnnouncedBy(server, announcedKeySchema.parse(signed)));
  t.notOk(isAnnouncedBy(server, announcedKeySchema.parse({ ...signed, until: "later" })));
});

t.test("answers any message at all", async () => {
  fc.assert(
    fc.property(garbled(answer), garbled(announced), (anyAnswer, anyKey) => {
      serverAnswer.safeParse(anyAnswer);
      announcedKeySchema.safeParse(anyKey);
    }),
    { numRuns: 100 },
  );
});
