/** A record that cannot be read is told as such, hides no other device's, and is whole again when the device tells all. */
import { canonical } from "@rollcall/protocol";
import t from "tap";
import { alter } from "../testing/altered-database.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { TestServer } from "../testing/test-server.ts";

t.test("is served as damaged, with everything else, until the device tells everything again", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const [device, other] = [await told(server), await told(server, { hostname: "bob", serial: "SN-BOB" })];
  const shown = async ({ device: id }: typeof device) => {
    const { flags, sections } = Object(await new Inventory(server).device(id));
    return { flags, names: Object.keys(sections) };
  };
  const names = Object.keys(machine());
  t.same(await shown(device), { flags: [], names });
  await alter(server, "update records set body = substr(body, 1, 20) where installation = 1");
  t.same(await shown(device), { flags: ["damaged"], names: [] });
  t.same(await shown(other), { flags: [], names });
  t.match(await new Inventory(server).devices(), { items: [{ hostname: "ada" }, { hostname: "bob" }] });
  await device.newSession();
  t.equal((await device.putConsent(device.grants)).status, 200, "a consent");
  device.consentNumber++;
  await device.checkedIn();
  const refused = await device.putSections(device.sectionsBody(machine()));
  t.equal(outcomeOf(refused), "409 base-changed", "it starts from what is not there any more");
  await device.sent(machine(), { baseStateDigest: null });
  t.same(await shown(device), { flags: [], names });
  const { sections } = await new Inventory(server).device(device.device);
  t.equal(canonical(sections.memory?.document), canonical(machine().memory.document));
});
