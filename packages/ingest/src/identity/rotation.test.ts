/** Keys that follow each other: announced under the old for 90 days, then used; what the old one signed stays verifiable. */
import { X509Certificate } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  announcementsOf,
  isReceiptOf,
  type Receipt,
  readEnrolmentString,
  type SectionsAnswer,
  serverAnswer,
} from "@rollcall/protocol";
import t, { type Test } from "tap";
import { printed, runHere } from "../testing/command.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const day = 86_400_000;
const installation = {
  schema: 1,
  status: "ok",
  document: { agent: { version: "0.1.0" }, applications: [], os: { type: "linux" } },
};

async function started(t: Test): Promise<TestServer> {
  const publicUrl = "https://rollcall.example";
  const server = await TestServer.start(undefined, { publicUrl, listen: { host: "127.0.0.1", port: 0 } });
  t.teardown(() => server.remove());
  return server;
}

/** A device over the agents' socket, for its certificate is not what is tested. */
async function local(server: TestServer): Promise<SimulatedDevice> {
  const device = await server.stranger();
  device.url = server.control.replace("control.sock", "agent.sock");
  await device.enrol();
  return device;
}

async function receiptFor(device: SimulatedDevice, status = "ok"): Promise<Receipt> {
  await device.checkedIn();
  const section = status === "ok" ? installation : { schema: 1, status };
  const { receipt }: SectionsAnswer = await device.sent({ installation: section });
  return receipt;
}

const rotate = (server: TestServer, key: string, what = "rotate") =>
  server.admin("POST", `/api/v1/keys/${key}/${what}`);

async function about(server: TestServer) {
  return serverAnswer.parse((await server.admin("GET", "/v1/server")).body);
}

t.test("announces a new receipt key for 90 days under the old, then signs with it", async (t) => {
  const server = await started(t);
  const device = await local(server);
  const { receiptKey: old } = await about(server);
  const signedByOld = await receiptFor(device);
  t.equal((await device.checkedIn()).announcements, undefined);
  t.equal(outcomeOf(await rotate(server, "receipt")), "201");
  t.equal(outcomeOf(await rotate(server, "receipt")), "409 key-announced");
  const told = announcementsOf(server.id, (await device.checkedIn()).announcements ?? []);
  const [first, next] = told.map((each) => ("key" in each ? each.key : ""));
  t.equal(told.length, 2);
  t.equal(first, old.key);
  if (!next) throw new Error("no new key was announced");
  server.ahead = 89 * day;
  await server.restart();
  await device.newSession();
  t.ok(isReceiptOf(old.key, await receiptFor(device, "failed")), "the old key signs until then");
  server.ahead = 90 * day;
  await server.tend();
  await device.newSession();
  const signedByNext = await receiptFor(device);
  t.ok(isReceiptOf(next, signedByNext));
  t.notOk(isReceiptOf(old.key, signedByNext));
  const after = await about(server);
  t.equal(after.receiptKey.key, next);
  const former = announcementsOf(server.id, after.announcements ?? []);
  t.ok(
    former.some((each) => "key" in each && isReceiptOf(each.key, signedByOld)),
    "the old receipt is verifiable",
  );
  t.same(
    readdirSync(join(server.directory, "keys")).filter((name) => name.startsWith("receipt")),
    ["receipt-2.pem"],
  );
  server.ahead = 0;
  await server.restart();
  t.equal((await about(server)).receiptKey.key, next, "a clock that is set back brings no key back");
});

t.test(
  "announces a new CA, which new devices trust at once and the server uses when it is time",
  async (t) => {
    const server = await started(t);
    const device = await local(server);
    const { ca: old } = await about(server);
    t.equal(outcomeOf(await rotate(server, "ca")), "201");
    const told = announcementsOf(server.id, (await device.checkedIn()).announcements ?? []);
    const cas = told.map((each) => ("ca" in each ? each.ca : ""));
    t.equal(cas.length, 2);
    t.equal(cas[0], old?.ca);
    const made = await printed(["enrolment-token", "create", "--quiet", "--data", server.directory]);
    const enrolment = readEnrolmentString(made);
    t.match(enrolment, { url: "https://rollcall.example", ca: cas.join("") });
    t.equal(outcomeOf(await rotate(server, "ca", "use")), "200");
    const { ca: used } = await about(server);
    t.equal(used?.ca, cas[1]);
    t.same(
      announcementsOf(server.id, (await device.checkedIn()).announcements ?? []).map(({ use }) => use),
      ["ca"],
      "devices let the old one go",
    );
    t.not(new X509Certificate(cas[0] ?? "").fingerprint256, new X509Certificate(cas[1] ?? "").fingerprint256);
  },
);

t.test("is asked for by admins on the command line, and entered into the audit log", async (t) => {
  const server = await started(t);
  const data = ["--data", server.directory];
  t.match(await runHere(["keys", "use", "receipt", ...data]), {
    code: 1,
    stderr: /No new receipt key is announced/,
  });
  t.match(await runHere(["keys", "rotate", "identity", ...data]), { code: 1, stderr: /receipt and ca/ });
  t.match(await runHere(["keys", "rotate", "receipt", ...data]), { code: 0, stderr: /is used from/ });
  const states = await printed(["keys", "list", "--columns", "key,state", "--csv", ...data]);
  t.same(states.trim().split("\n").slice(1), ["receipt,in-use", "receipt,coming", "ca,in-use"]);
  t.match(await runHere(["keys", "use", "receipt", ...data]), { code: 0 });
  t.match(await runHere(["keys", "use", "ca", ...data]), { code: 2, stderr: /lose this server.*--yes/ });
  t.match(await printed(["keys", "ca", ...data]), /^-----BEGIN CERTIFICATE-----/);
  const audit = await printed(["audit", "--columns", "action,subject", "--csv", ...data]);
  t.same(audit.trim().split("\n").slice(1), ["key.use,key:receipt", "key.rotate,key:receipt"]);
});
