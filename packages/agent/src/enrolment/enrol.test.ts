/** Enrolment against a server: the right one, the wrong one, and one whose answer is lost. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  announceReceiptKey,
  type Grant,
  grantOf,
  newSigningKey,
  type Ownership,
  readGrantList,
} from "@rollcall/protocol";
import t from "tap";
import { readInstallation } from "../state/enrolled-state.ts";
import { policy, problem } from "../testing/fake-server.ts";
import { errorOf, TestDevice } from "../testing/test-device.ts";

const enrolments = "POST /v1/enrolments";
const about = "GET /v1/server";
/** A device that has tried to enrol, once, with a server that was set up to fail. */
const keyOf = (device: TestDevice) => readFileSync(join(device.directory.path, "device.key"), "utf8");

t.test("keeps what the server answered, in files for the agent's account alone", async (t) => {
  const device = await TestDevice.enrolled(t);
  const { installation, device: id, ownership } = device.server;
  t.match(readInstallation(device.directory), {
    installation,
    device: id,
    ownership,
    server: device.server.identity.publicKey,
    receiptKey: device.server.receiptKey.publicKey,
    organisation: { name: "Example" },
  });
  t.match(device.state.consent.value, { consentNumber: 1, acknowledgedNumber: 1 });
  t.equal(statSync(device.directory.path).mode & 0o777, 0o700);
  t.equal(statSync(join(device.directory.path, "device.key")).mode & 0o777, 0o600);
});

t.test("sends the same key again when the answer was lost", async (t) => {
  const device = await TestDevice.stranger(t);
  device.server.answerNext(enrolments, (_, response) => {
    response.destroy();
    return "handled";
  });
  t.match(await errorOf(device.enrol()), { code: "not-reached" });
  t.equal(readInstallation(device.directory), null);
  const key = keyOf(device);
  await device.enrol();
  t.equal(keyOf(device), key);
  t.match(device.server.bodiesOf(enrolments), Array(2).fill({ token: device.server.token }));
  t.equal(new Set(device.server.bodiesOf(enrolments).map((body) => Object(body).key)).size, 1);
});

t.test("shows no two servers the same key", async (t) => {
  const device = await TestDevice.stranger(t);
  device.server.answerNext(enrolments, () => problem("token-used-up"));
  t.match(await errorOf(device.enrol()), { code: "refused", message: /used/ });
  const key = keyOf(device);
  const other = await TestDevice.stranger(t);
  await device.enrol(other.server);
  t.not(keyOf(device), key);
});

t.test("sends nothing to another server than the string names", async (t) => {
  const device = await TestDevice.stranger(t);
  device.server.answerNext(about, (received, response) => {
    const { body, ...reply } = device.server.own(received, response);
    return { ...reply, body: { ...Object(body), server: newSigningKey().publicKey } };
  });
  t.match(await errorOf(device.enrol()), { code: "failed", message: /another server/ });
  t.same(device.server.bodiesOf(enrolments), []);
});

t.test("takes no receipt key that the server did not announce", async (t) => {
  const device = await TestDevice.stranger(t);
  const stranger = newSigningKey();
  device.server.answerNext(about, (received, response) => {
    const { body, ...reply } = device.server.own(received, response);
    const receiptKey = announceReceiptKey(stranger, stranger.publicKey, "2026-01-01T00:00:00.000Z");
    return { ...reply, body: { ...Object(body), receiptKey } };
  });
  t.match(await errorOf(device.enrol()), { code: "failed", message: /announced/ });
  t.same(device.server.bodiesOf(enrolments), []);
});

t.test("has not reached a server whose answer lacks something", async (t) => {
  const device = await TestDevice.stranger(t);
  device.server.answerNext(enrolments, () => ({ status: 201, body: { installation: "ins_x" } }));
  t.match(await errorOf(device.enrol()), { code: "not-reached", message: /makes no sense/ });
  t.equal(readInstallation(device.directory), null);
});

const giver = {
  by: "operator",
  interactive: true,
  at: "2026-01-01T00:00:00Z",
  policyDigest: policy.digest,
};
/** What the server says of a list that nobody on the device was asked for. */
function grantsFor(list: string, ownership: Ownership, changes: Partial<Grant> = {}): Grant[] {
  const wishes = readGrantList(list);
  if ("error" in wishes) throw new Error(wishes.error);
  return wishes.map((wish) => ({ ...grantOf(wish, ownership, giver), ...changes }));
}

t.test("refuses grants that nobody on the device was asked for, and keeps nothing of them", async (t) => {
  const answers: [ownership: Ownership, grants: Grant[], named: string][] = [
    ["personal", grantsFor("essential,hardware,network", "personal"), "hardware, network"],
    ["personal", grantsFor("hardware", "personal", { basis: "legitimate-interest" }), "hardware"],
    ["personal", grantsFor("essential", "personal", { basis: "consent" }), "essential"],
    ["organisation", grantsFor("hardware,people,location=city", "organisation"), "people, location"],
    ["organisation", grantsFor("people", "organisation", { basis: "legitimate-interest" }), "people"],
    ["organisation", grantsFor("hardware", "organisation", { basis: "contract" }), "hardware"],
  ];
  for (const [ownership, grants, named] of answers) {
    const device = await TestDevice.stranger(t, (server) => {
      server.ownership = ownership;
    });
    device.server.answerNext(enrolments, (received, response) => {
      const { body, ...reply } = device.server.own(received, response);
      return { ...reply, body: { ...Object(body), grants } };
    });
    t.match(await errorOf(device.enrol()), { code: "failed", message: `asked for: ${named};` });
    t.equal(readInstallation(device.directory), null);
    t.same(readdirSync(device.directory.path), ["device.key"]);
    const key = keyOf(device);
    await device.enrol();
    t.not(keyOf(device), key, "a key that would get the same grants again is not shown again");
  }
});
