/** An enrolment ends with the server's word that everything is deleted, and with no other. */
import { newInstallationId, newSigningKey, signReceipt } from "@rollcall/protocol";
import t from "tap";
import { demandDeviceKey } from "../state/device-key.ts";
import { demandInstallation } from "../state/enrolled-state.ts";
import { problem } from "../testing/fake-server.ts";
import { errorOf, TestDevice } from "../testing/test-device.ts";
import { readAddress } from "../transport/address.ts";
import { withConnection } from "../transport/connection.ts";
import { OwnApi } from "../transport/own-api.ts";
import { type Left, leave } from "./leave.ts";

function leaveServer({ directory }: TestDevice): Promise<Left> {
  const installation = demandInstallation(directory);
  return leave(directory, installation, (ask) =>
    withConnection(readAddress(installation.url, installation), {}, (connection) =>
      ask(new OwnApi(connection, installation, demandDeviceKey(directory))),
    ),
  );
}

/** A receipt as this server signs it, but for some changes. */
function receiptOf({ server }: TestDevice, changes: object = {}, key = server.signer) {
  const { identity, installation } = server;
  const at = "2026-03-04T05:06:07.000Z";
  const statement = { use: "deletion", server: identity.publicKey, installation, scope: "everything", at };
  return signReceipt(key, { ...statement, ...changes });
}

t.test("forgets nothing for a receipt that is not the server's for this very deletion", async (t) => {
  const device = await TestDevice.enrolled(t);
  const before = device.directory.names().toSorted();
  const { signature: _none, ...unsigned } = receiptOf(device);
  for (const receipt of [
    receiptOf(device, {}, newSigningKey()),
    receiptOf(device, { server: newSigningKey().publicKey }),
    receiptOf(device, { installation: newInstallationId() }),
    receiptOf(device, { scope: "personal" }),
    { ...unsigned, signature: receiptOf(device, { at: "2026-03-04T05:06:08.000Z" }).signature },
  ]) {
    device.server.answerNext("POST /v1/me/delete", () => ({ status: 200, body: { receipt } }));
    t.match(await errorOf(leaveServer(device)), { code: "receipt-invalid" });
    t.same(device.directory.names().toSorted(), before);
  }
});

t.test(
  "forgets everything but receipts for the one that is, also when it comes with a refusal",
  async (t) => {
    for (const isRepeat of [false, true]) {
      const device = await TestDevice.enrolled(t);
      const receipt = receiptOf(device);
      device.server.answerNext("POST /v1/me/delete", () =>
        isRepeat
          ? { status: 410, body: { ...Object(problem("device-deleted").body), receipt } }
          : { status: 200, body: { receipt } },
      );
      const { receiptsFile, deletion } = await leaveServer(device);
      t.same(deletion, receipt);
      t.same(
        device.directory.names().filter((name) => name !== "lock"),
        [receiptsFile],
      );
    }
  },
);

t.test(
  "takes the word of a server whose receipt key is another by now, if it vouches for that",
  async (t) => {
    const device = await TestDevice.enrolled(t);
    device.server.receiptKey = newSigningKey();
    device.server.signer = device.server.receiptKey;
    const receipt = receiptOf(device);
    device.server.answerNext("POST /v1/me/delete", () => ({ status: 200, body: { receipt } }));
    t.same((await leaveServer(device)).deletion, receipt);
  },
);
