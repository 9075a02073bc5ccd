/** Keys that follow the server's: believed on the word of its identity alone, and what they replace is let go. */
import {
  type Announcement,
  announceCa,
  announceReceiptKey,
  isReceiptOf,
  newSigningKey,
  type SigningKey,
} from "@rollcall/protocol";
import t from "tap";
import { TestDevice } from "../testing/test-device.ts";

const [earlier, later] = ["2026-02-01T00:00:00.000Z", "2026-05-01T00:00:00.000Z"];
const pem = (name: string) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(name).toString("base64")}\n-----END CERTIFICATE-----\n`;

/** A check-in whose answer announces this. */
async function told(device: TestDevice, announcements: readonly unknown[]): Promise<void> {
  const { server } = device;
  server.answerNext("POST /v1/check-ins", (received, response) => {
    const { body, ...reply } = server.own(received, response);
    return { ...reply, body: { ...Object(body), announcements } };
  });
  await device.checkIn();
}

const keysOf = ({ state }: TestDevice) => {
  const { ca, receiptKey, comingReceiptKeys, formerReceiptKeys } = state.installation.value;
  return { ca, receiptKey, comingReceiptKeys, formerReceiptKeys };
};

const announce = (identity: SigningKey, keys: readonly SigningKey[]): Announcement[] =>
  keys.map(({ publicKey }, index) =>
    announceReceiptKey(identity, publicKey, [earlier, later][index] ?? later),
  );

t.test("takes a coming receipt key over, then lets the former sign nothing new", async (t) => {
  const device = await TestDevice.enrolled(t);
  const { server } = device;
  const [old, next] = [server.receiptKey, newSigningKey()];
  await told(device, announce(server.identity, [old, next]));
  const during = {
    ca: undefined,
    receiptKey: old.publicKey,
    comingReceiptKeys: [next.publicKey],
    formerReceiptKeys: [],
  };
  t.same(keysOf(device), during);
  const [receipt] = device.state.receipts.value.sections;
  server.receiptKey = server.signer = next;
  await told(device, announce(server.identity, [next]));
  const after = {
    ca: undefined,
    receiptKey: next.publicKey,
    comingReceiptKeys: [],
    formerReceiptKeys: [old.publicKey],
  };
  t.same(keysOf(device), after);
  const kept = keysOf(device).formerReceiptKeys;
  t.ok(receipt && kept.some((key) => isReceiptOf(key, receipt)), "the old receipt is verifiable");
  server.signer = old;
  device.machine.installation = { status: "failed" };
  await t.rejects(device.checkIn(), { code: "receipt-invalid" });
  server.signer = next;
  t.match((await device.checkIn()).result, { outcome: "sent" });
});

t.test(
  "believes no key that the server's identity does not vouch for, nor one of an unknown use",
  async (t) => {
    const device = await TestDevice.enrolled(t);
    const before = keysOf(device);
    const { identity } = device.server;
    const [stranger, key] = [newSigningKey(), newSigningKey()];
    const good = announceReceiptKey(identity, key.publicKey, later);
    const bad = [
      announceReceiptKey(stranger, key.publicKey, later),
      { ...announceReceiptKey(stranger, key.publicKey, later), server: identity.publicKey },
      { ...good, key: stranger.publicKey },
      { ...good, use: "ca", ca: pem("x") },
      { ...good, use: "update-key" },
      null,
      "",
      [],
    ];
    for (const each of bad) await told(device, [each]);
    t.same(keysOf(device), before);
  },
);

t.test("takes a CA over where one was pinned, and only there", async (t) => {
  const device = await TestDevice.enrolled(t);
  const { identity } = device.server;
  const cas = [announceCa(identity, pem("old"), earlier), announceCa(identity, pem("new"), later)];
  await told(device, cas);
  t.equal(keysOf(device).ca, undefined);
  const { installation } = device.state;
  installation.replace({ ...installation.value, ca: pem("old") });
  await told(device, cas);
  t.equal(keysOf(device).ca, pem("old") + pem("new"));
  await told(device, cas.slice(1));
  t.equal(keysOf(device).ca, pem("new"));
});

t.test("asks a server that signs with a key it was never told about, once", async (t) => {
  const device = await TestDevice.enrolled(t);
  const { server } = device;
  const old = server.receiptKey;
  server.receiptKey = server.signer = newSigningKey();
  const asked = server.bodiesOf("GET /v1/server").length;
  t.match((await device.checkIn()).result, { outcome: "sent" });
  t.equal(server.bodiesOf("GET /v1/server").length, asked + 1);
  t.match(keysOf(device), { receiptKey: server.receiptKey.publicKey, formerReceiptKeys: [old.publicKey] });
});
