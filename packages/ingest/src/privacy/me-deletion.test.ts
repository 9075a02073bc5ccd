/** A person's deletion: a personal device is gone for good, an organisation's loses what is personal and is asked for. */
import { deletionAnswer, isAnnouncedBy, isReceiptOf, serverAnswer } from "@rollcall/protocol";
import t from "tap";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { Reply, SimulatedDevice } from "../testing/simulated-device.ts";
import { placesOfText } from "../testing/stored-content.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

/** The receipt and what came with it, its signature checked under the key that the server announced. */
async function signed(device: SimulatedDevice, { body }: Reply) {
  const { receiptKey } = serverAnswer.parse((await device.send({ method: "GET", path: "/v1/server" })).body);
  const answer = deletionAnswer.parse(body);
  if (!isAnnouncedBy(server.id, receiptKey) || !isReceiptOf(receiptKey.key, answer.receipt))
    throw new Error("the receipt is not the server's");
  return answer;
}

t.test("forgets a personal device at once, and signs for it", async (t) => {
  const secret = "model-that-only-ada-has";
  const device = await told(server, { model: secret }, { grant: "inventory" });
  const other = await told(server, { model: "model-of-bob" });
  const correction = { section: "system", field: "family", value: secret };
  t.equal(outcomeOf(await device.me("POST", "/v1/me/correct", correction)), "200");
  t.not(placesOfText(server.directory, secret).length, 0, "the control: it is there");
  const reply = await device.me("POST", "/v1/me/delete", {});
  t.equal(outcomeOf(reply), "200");
  const { receipt, request } = await signed(device, reply);
  t.match(receipt, {
    use: "deletion",
    server: server.id,
    installation: device.installation,
    scope: "everything",
  });
  t.equal(request, undefined);
  for (const text of [secret, device.installation, device.device, device.key.publicKey])
    t.same(placesOfText(server.directory, text), [], `${text} is nowhere`);
  t.equal(outcomeOf(await server.admin("GET", `/api/v1/devices/${device.device}`)), "404 not-found");
  const again = await device.me("POST", "/v1/me/delete", {});
  t.equal(outcomeOf(again), "410 device-deleted");
  t.match((await signed(device, again)).receipt, { installation: device.installation, scope: "everything" });
  t.equal(outcomeOf(await other.me("GET", "/v1/me")), "200", "nobody else's went");
});

t.test("takes what is personal from an organisation's device, and asks for the rest", async (t) => {
  const device = await told(server);
  const reply = await device.me("POST", "/v1/me/delete", {});
  t.equal(outcomeOf(reply), "202");
  const { receipt, request } = await signed(device, reply);
  t.match(receipt, {
    installation: device.installation,
    scope: "personal",
    categories: ["personal-software", "people", "location", "nearby"],
  });
  t.match(request, { kind: "deletion", state: "open" });
  const again = await signed(device, await device.me("POST", "/v1/me/delete", {}));
  t.same(again.request, request, "asked again, it is the same request");
  const { body } = await server.admin("GET", `/api/v1/devices/${device.device}`);
  t.match(body, { sections: { system: { status: "ok" } }, requests: [request] });
  t.equal((await device.checkedIn()).wants.length, 0, "the asset's record is as it was");
});
