// Grants and withdrawals are kept on the server as well: every list that was in force, for its person to see.
import t from "tap";
import { z } from "zod";
import { outcomeOf } from "../testing/outcome.ts";
import { placesOfText } from "../testing/stored-content.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const exported = z.looseObject({
  consent: z.looseObject({ grants: z.array(z.unknown()) }),
  formerConsents: z.array(z.unknown()),
});

t.test("keeps every former list with its grants, and when it ended", async (t) => {
  const device = await server.device();
  const [first, second] = [device.grants, device.grants.filter(({ category }) => category !== "network")];
  const ends: string[] = [];
  for (const [index, grants] of [second, first, second].entries()) {
    server.ahead += 60_000;
    const { body } = await device.putConsent(grants, index + 2);
    ends.push(Object(body).receipt.at);
  }
  const other = await server.device();
  const { consent, formerConsents } = exported.parse((await device.me("GET", "/v1/me/export")).body);
  t.same(consent.grants, second);
  t.same(formerConsents, [
    { consentNumber: 1, grants: first, until: ends[0] },
    { consentNumber: 2, grants: second, until: ends[1] },
    { consentNumber: 3, grants: first, until: ends[2] },
  ]);
  t.same(exported.parse((await other.me("GET", "/v1/me/export")).body).formerConsents, []);
});

t.test("forgets them with the device", async (t) => {
  const device = await server.device({ ownership: "personal" });
  await device.putConsent(
    device.grants.map((grant) => ({ ...grant, by: "quokka" })),
    2,
  );
  await device.putConsent(device.grants, 3);
  t.ok(placesOfText(server.directory, "quokka").includes("former_consents.grants"));
  t.equal(outcomeOf(await device.me("POST", "/v1/me/delete", {})), "200");
  t.same(placesOfText(server.directory, "quokka"), []);
});
