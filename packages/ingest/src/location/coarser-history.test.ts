/** Where the place may be told less finely from now on, earlier versions that tell it more finely are gone, too. */
import t, { type Test } from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import { placesOfText } from "../testing/stored-content.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

/** A personal device that told a public address once, and does no more. */
async function moved(t: Test, address: string) {
  const device = await server.device({ grant: "essential,network,location=precise" });
  await device.checkedIn();
  for (const addresses of [[`${address}/24`], ["10.0.0.5/24"]]) {
    const document = { interfaces: [{ name: "eth0", addresses }] };
    const { refused } = await device.sent({ network: { schema: 1, status: "ok", document } });
    t.same(refused, []);
  }
  t.ok(placesOfText(server.directory, address).includes("section_history.body"), "the control");
  const choose = async (level: "city" | "precise") => {
    const grants = device.grants.map((grant) =>
      grant.category === "location" ? { ...grant, level } : grant,
    );
    t.equal(outcomeOf(await device.putConsent(grants)), "200");
  };
  return { device, choose };
}

t.test("deletes versions that told the place more finely, and keeps the present document", async (t) => {
  const address = "9.9.9.10";
  const { device, choose } = await moved(t, address);
  await choose("city");
  t.same(placesOfText(server.directory, address), []);
  const { body } = await server.admin("GET", `/api/v1/devices/${device.device}`);
  t.same(Object(body).sections.network.document, {
    interfaces: [{ name: "eth0", addresses: ["10.0.0.5/24"] }],
  });
});

t.test("keeps them where the choice is as fine as before", async (t) => {
  const address = "9.9.9.11";
  const { choose } = await moved(t, address);
  await choose("precise");
  t.ok(placesOfText(server.directory, address).includes("section_history.body"));
});
