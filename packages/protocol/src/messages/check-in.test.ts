// The roll call itself: the request within its bounds, and the answer read by an agent that may be older.
import fc from "fast-check";
import t from "tap";
import { applications, digest, nearlyRight, policy, wrongNumbers } from "../testing/messages.ts";
import { garbled, takenWrongly } from "../testing/wrong-members.ts";
import { checkInAnswer, checkInRequest, sectionNameSchema } from "./check-in.ts";

const request = {
  counter: 1,
  nonce: "A".repeat(22),
  stateDigest: digest,
  consentNumber: 1,
  applications,
  readings: {
    "operating-system": { uptimeSeconds: 5 },
    storage: { "/": { free: 1.5 }, "/home": { free: 0 } },
  },
};
const answer = {
  intervalSeconds: 3_607,
  wants: ["memory"],
  accepts: { memory: 1 },
  applications: [{ number: "app", status: "unknown" }],
  policy,
};

t.test("takes a check-in with readings and without", async (t) => {
  const { readings: _, ...without } = request;
  t.strictSame(checkInRequest.parse(request), request);
  t.strictSame(checkInRequest.parse(without), without);
});

t.test("takes no check-in with a wrong member", async (t) => {
  const wrong = {
    counter: [...wrongNumbers, undefined],
    nonce: [...nearlyRight(request.nonce), "!".repeat(22), undefined],
    stateDigest: [...nearlyRight(digest), undefined],
    consentNumber: [...wrongNumbers, undefined],
    applications: [[], {}, null, undefined, [{}], ["rollcall-agent"]],
    readings: [
      null,
      [],
      5,
      { Memory: {} },
      { ["a".repeat(65)]: {} },
      { memory: 5 },
      { memory: [] },
      { memory: { total: "5" } },
      { memory: { total: null } },
      { memory: { total: Number.NaN } },
      { memory: { total: Number.POSITIVE_INFINITY } },
      { memory: { ["a".repeat(4_097)]: 5 } },
      { memory: { a: { b: { c: 5 } } } },
      { memory: { a: { ["b".repeat(65)]: 5 } } },
    ],
  };
  t.strictSame(takenWrongly(checkInRequest, request, wrong), []);
});

t.test("reads an answer whole, in short, and from a newer server", async (t) => {
  const short = { intervalSeconds: 300, wants: ["*"] };
  t.strictSame(checkInAnswer.parse(answer), answer);
  t.strictSame(checkInAnswer.parse(short), short);
  t.strictSame(checkInAnswer.parse({ ...answer, notices: [1], policy: { ...policy, text: "new" } }), answer);
});

t.test("takes no answer with a wrong member", async (t) => {
  const wrong = {
    intervalSeconds: ["3607", null, Number.NaN, undefined],
    wants: ["memory", null, [5], ["a".repeat(65)], new Array(257).fill("a"), undefined],
    accepts: [null, [], { memory: 0 }, { memory: "1" }, { ["a".repeat(65)]: 1 }],
    applications: [
      {},
      [{}],
      [{ number: "app", status: "fine" }],
      new Array(65).fill({ number: "app", status: "ok" }),
    ],
    policy: [{}, { version: -1, digest }, { version: 1 }, { version: 1, digest: "" }, null],
  };
  t.strictSame(takenWrongly(checkInAnswer, answer, wrong), []);
});

t.test("names sections as files are named, within a bound", async (t) => {
  const good = ["memory", "software.deb", "a".repeat(64)];
  const bad = ["", "Memory", "a.b.c", "a/b", "../a", "a".repeat(65), "__proto__", "*", 5, null];
  t.strictSame(
    [...good, ...bad].filter((name) => sectionNameSchema.safeParse(name).success),
    good,
  );
});

t.test("answers any message at all", async () => {
  fc.assert(
    fc.property(garbled(request), garbled(answer), (anyRequest, anyAnswer) => {
      checkInRequest.safeParse(anyRequest);
      checkInAnswer.safeParse(anyAnswer);
    }),
    { numRuns: 100 },
  );
});
