/** The receipt check: a receipt that differs from what was sent in anything acknowledges nothing. */
import { digestOf, newInstallationId, newSigningKey, type Receipt } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { problem } from "../testing/fake-server.ts";
import { errorOf, TestDevice } from "../testing/test-device.ts";
import { keepReceipt } from "./receipt.ts";

type Statement = Omit<Receipt, "signature">;
const otherDigest = digestOf("other");

const forgeries: Readonly<Record<string, (receipt: Statement) => Statement>> = {
  "another server": (receipt) => ({ ...receipt, server: newSigningKey().publicKey }),
  "another installation": (receipt) => ({ ...receipt, installation: newInstallationId() }),
  "another counter": (receipt) => ({ ...receipt, counter: receipt.counter + 1 }),
  "another consent number": (receipt) => ({ ...receipt, consentNumber: receipt.consentNumber + 1 }),
  "another state": (receipt) => ({ ...receipt, stateDigest: otherDigest }),
  "another digest": (receipt) => ({ ...receipt, sections: { installation: ["ok", otherDigest] } }),
  "another status": (receipt) => ({ ...receipt, sections: { installation: ["failed", null] } }),
  "a section less": (receipt) => ({ ...receipt, sections: {} }),
  "a section more": (receipt) => ({
    ...receipt,
    sections: { ...receipt.sections, memory: ["ok", otherDigest] },
  }),
};

async function demandNothingAcknowledged(t: Test, device: TestDevice): Promise<void> {
  t.match(await errorOf(device.checkIn()), { code: "receipt-invalid" });
  t.same(device.believed, {});
  t.same(device.state.receipts.value.sections, []);
}

for (const [what, forge] of Object.entries(forgeries)) {
  t.test(`acknowledges nothing on a receipt that names ${what}`, async (t) => {
    const device = await TestDevice.enrolled(t);
    device.server.forge = forge;
    await demandNothingAcknowledged(t, device);
    device.server.forge = (receipt) => receipt;
    t.match(await device.checkIn(), { result: { outcome: "sent" } });
    t.same(device.believed, device.server.sections);
  });
}

t.test("acknowledges nothing on a receipt of another key", async (t) => {
  const device = await TestDevice.enrolled(t);
  device.server.signer = newSigningKey();
  await demandNothingAcknowledged(t, device);
});

t.test("acknowledges nothing when what was not refused is missing from the receipt", async (t) => {
  const device = await TestDevice.enrolled(t);
  device.server.answerNext("PUT /v1/sections", (received, response) => {
    const { body, ...reply } = device.server.own(received, response);
    return { ...reply, body: { ...Object(body), refused: [{ section: "installation", errors: [] }] } };
  });
  await demandNothingAcknowledged(t, device);
});

t.test("does not call a consent acknowledged on a receipt for another list", async (t) => {
  const device = await TestDevice.enrolled(t);
  const { consent } = device.state;
  consent.replace({ ...consent.value, consentNumber: 2 });
  device.server.answerNext("PUT /v1/consent", (received, response) => {
    const changed = { ...received, body: { consentNumber: 2, grants: [] } };
    return device.server.own(changed, response);
  });
  t.match(await errorOf(device.checkIn()), { code: "receipt-invalid" });
  t.equal(device.state.consent.value.acknowledgedNumber, 1);
});

t.test("keeps the latest receipt of every section, however old", async (t) => {
  const receipt = (counter: number, section: string): Receipt => ({
    use: "receipt",
    server: newSigningKey().publicKey,
    installation: newInstallationId(),
    counter,
    stateDigest: otherDigest,
    consentNumber: 1,
    policyDigest: otherDigest,
    at: "2026-01-01T00:00:00.000Z",
    sections: { [section]: ["ok", otherDigest] },
    signature: "A".repeat(86),
  });
  const named = Array.from({ length: 60 }, (_, index) =>
    receipt(index, index === 0 ? "memory" : index === 5 ? "storage" : "network"),
  );
  const kept = named.reduce(keepReceipt, { sections: [], consent: [], deletions: [] });
  t.same(
    kept.sections.map(({ counter }) => counter),
    [0, 5, ...Array.from({ length: 20 }, (_, index) => 40 + index)],
  );
});

t.test("takes a refusal of everything for what it is", async (t) => {
  const device = await TestDevice.enrolled(t);
  device.server.answerNext("PUT /v1/sections", () => problem("too-large"));
  t.match(await errorOf(device.checkIn()), { code: "refused", message: /too-large/ });
});
