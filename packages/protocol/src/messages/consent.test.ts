// The list of grants on its way: always whole, numbered, and received for.
import fc from "fast-check";
import t from "tap";
import { grantsDigest } from "../consent.ts";
import {
  at,
  digest,
  grants,
  installation,
  nearlyRight,
  serverKey,
  wrongInstants,
  wrongNumbers,
} from "../testing/messages.ts";
import { garbled, takenWrongly } from "../testing/wrong-members.ts";
import { consentAnswer, consentReceipt, consentRequest, storedConsent } from "./consent.ts";
import { isReceiptOf, signReceipt } from "./sections.ts";

const request = { consentNumber: 2, grants };
const statement = {
  use: "consent" as const,
  server: serverKey.publicKey,
  installation,
  consentNumber: 2,
  grantsDigest: grantsDigest(grants),
  at,
};
const receipt = signReceipt(serverKey, statement);

t.test("takes the whole list with its number, and nothing besides", async (t) => {
  t.strictSame(consentRequest.parse(request), request);
  t.strictSame(consentRequest.parse({ ...request, grants: [] }), { ...request, grants: [] });
  const wrong = {
    consentNumber: [...wrongNumbers, undefined],
    grants: [null, {}, [{}], [...grants, ...grants], [{ ...grants[0], more: 1 }], undefined],
    more: [1],
  };
  t.strictSame(takenWrongly(consentRequest, request, wrong), []);
});

t.test("reads the stored list that a conflict tells", async (t) => {
  t.strictSame(storedConsent.parse({ ...request, more: 1 }), request);
  const wrong = { consentNumber: [...wrongNumbers, undefined], grants: [null, [{}], undefined] };
  t.strictSame(takenWrongly(storedConsent, request, wrong), []);
});

t.test("takes no receipt with a wrong member", async (t) => {
  const wrong = {
    use: ["receipt", "", null, undefined],
    server: [...nearlyRight(serverKey.publicKey), undefined],
    installation: [...nearlyRight(installation), undefined],
    consentNumber: [...wrongNumbers, undefined],
    grantsDigest: [...nearlyRight(digest), undefined],
    at: [...wrongInstants, undefined],
    signature: [...nearlyRight(receipt.signature), undefined],
  };
  t.strictSame(consentAnswer.parse({ receipt, more: 1 }), { receipt });
  t.strictSame(takenWrongly(consentReceipt, receipt, wrong), []);
});

t.test("believes a receipt over all that it says, also of a newer server", async (t) => {
  const newer = signReceipt(serverKey, { ...statement, until: at });
  t.ok(isReceiptOf(serverKey.publicKey, consentReceipt.parse(receipt)));
  t.ok(isReceiptOf(serverKey.publicKey, consentReceipt.parse(newer)));
  t.notOk(isReceiptOf(serverKey.publicKey, consentReceipt.parse({ ...newer, until: "later" })));
  t.notOk(isReceiptOf(serverKey.publicKey, consentReceipt.parse({ ...receipt, consentNumber: 3 })));
});

t.test("answers any message at all", async () => {
  fc.assert(
    fc.property(garbled(request), garbled(receipt), (anyRequest, anyReceipt) => {
      consentRequest.safeParse(anyRequest);
      storedConsent.safeParse(anyRequest);
      consentReceipt.safeParse(anyReceipt);
    }),
    { numRuns: 100 },
  );
});
