// Enrolment and session: what lets a device in, and what it is given.
import fc from "fast-check";
import t from "tap";
import { newSecret } from "../identifier.ts";
import {
  applications,
  at,
  device,
  digest,
  grants,
  installation,
  nearlyRight,
  policy,
  serverKey,
  session,
  token,
  wrongInstants,
} from "../testing/messages.ts";
import { garbled, takenWrongly } from "../testing/wrong-members.ts";
import { enrolmentAnswer, enrolmentRequest, sessionTokenSchema } from "./enrolment.ts";
import { sessionAnswer, sessionRequest } from "./session.ts";

const request = { token, key: serverKey.publicKey, applications, os: { type: "linux", version: "12.11" } };
const { token: _, ...withoutToken } = request;
const succession = { ...withoutToken, succeeds: installation };
const answer = {
  installation,
  device,
  session,
  ownership: "personal",
  grants,
  policy,
  intervalSeconds: 3_607,
};
const sessionGiven = { session, expiresAt: at };

t.test("takes what says all it has to, and ignores what a newer side says besides", async (t) => {
  t.strictSame(enrolmentRequest.parse({ ...request, more: 1 }), request);
  t.strictSame(enrolmentRequest.parse({ ...succession, more: 1 }), succession);
  t.strictSame(enrolmentAnswer.parse({ ...answer, cohort: 5 }), answer);
  t.strictSame(sessionRequest.parse({ installation, more: 1 }), { installation });
  t.strictSame(sessionAnswer.parse({ ...sessionGiven, more: 1 }), sessionGiven);
});

t.test("takes no request with a wrong member", async (t) => {
  const wrong = {
    token: [...nearlyRight(token), session, undefined],
    key: [...nearlyRight(serverKey.publicKey), undefined],
    applications: [[], null, {}, [{ number: "a" }], undefined],
    os: [
      null,
      {},
      "linux",
      { type: "linux" },
      { type: "", version: "1" },
      { type: "linux", version: "" },
      { type: "a".repeat(65), version: "1" },
      { type: "linux", version: "1".repeat(129) },
      { type: "linux", version: 12 },
      undefined,
    ],
  };
  t.strictSame(takenWrongly(enrolmentRequest, request, wrong), []);
  const succeeds = [...nearlyRight(installation), device, undefined];
  t.strictSame(takenWrongly(enrolmentRequest, succession, { ...wrong, token: [token], succeeds }), []);
  t.strictSame(
    takenWrongly(sessionRequest, {}, { installation: [...nearlyRight(installation), device, undefined] }),
    [],
  );
});

t.test("takes no answer with a wrong member", async (t) => {
  const wrong = {
    installation: [...nearlyRight(installation), device, undefined],
    device: [...nearlyRight(device), installation, undefined],
    session: [...nearlyRight(session), token, undefined],
    ownership: ["public", "", null, undefined],
    grants: [null, {}, [{}], [...grants, ...grants], undefined],
    policy: [null, {}, { version: 0 }, { digest }, { version: "0", digest }, undefined],
    intervalSeconds: ["1", null, Number.NaN, undefined],
  };
  t.strictSame(takenWrongly(enrolmentAnswer, answer, wrong), []);
  const wrongSession = {
    session: [...nearlyRight(session), undefined],
    expiresAt: [...wrongInstants, undefined],
  };
  t.strictSame(takenWrongly(sessionAnswer, sessionGiven, wrongSession), []);
});

t.test("knows a session by prefix, ordinal and secret", async (t) => {
  const secret = newSecret();
  const good = [`rcs_0.${secret}`, `rcs_999999999999999.${secret}`];
  const bad = [
    `rcs_.${secret}`,
    `rcs_1000000000000000.${secret}`,
    `rcs_-1.${secret}`,
    `rcs_1.2.${secret}`,
    `rce_1.${secret}`,
    "rcs_1.",
  ];
  t.strictSame(
    [...good, ...bad].filter((each) => sessionTokenSchema.safeParse(each).success),
    good,
  );
});

t.test("answers any message at all", async () => {
  const messages = fc.oneof(garbled(request), garbled(answer), garbled(sessionGiven));
  fc.assert(
    fc.property(messages, (message) => {
      for (const schema of [enrolmentRequest, enrolmentAnswer, sessionRequest, sessionAnswer])
        schema.safeParse(message);
    }),
    { numRuns: 100 },
  );
});
