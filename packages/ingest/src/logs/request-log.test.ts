/** The request log of a real server: a line for each request, and nothing in it that is anybody's business. */
import { appendFileSync, chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { z } from "zod";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, ok, told } from "../testing/machine.ts";
import { type Reply, send } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const file = join(server.directory, "requests.log");

const request = z.strictObject({
  level: z.literal("info"),
  time: z.iso.datetime(),
  msg: z.literal("request"),
  method: z.string(),
  route: z.string(),
  status: z.int(),
  durationMilliseconds: z.number().min(0),
  requestId: z.string().regex(/^[\w-]{12}$/),
  address: z.string().nullable(),
  device: z.int().optional(),
  account: z.string().optional(),
});
const fault = z.strictObject({
  level: z.literal("error"),
  time: z.iso.datetime(),
  msg: z.literal("fault"),
  requestId: z.string().regex(/^[\w-]{12}$/),
  reasons: z.array(z.record(z.string(), z.unknown())),
});
const line = z.discriminatedUnion("msg", [request, fault]);

/** The lines so far. Lines are written behind the answers, so that a server that ends has written them all. */
async function lines() {
  await server.restart();
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((text) => line.parse(JSON.parse(text)));
}

t.test("is its owner's alone", async (t) => {
  t.equal(statSync(file).mode & 0o777, 0o600);
  chmodSync(file, 0o644);
  await server.restart();
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.equal(statSync(server.directory).mode & 0o777, 0o700);
});

t.test("has one line for each request: who, what, how it ended, how long it took", async (t) => {
  const token = await server.apiToken({ role: "viewer" });
  const account = { account: "token:1", address: "127.0.0.0/24" };
  const device = await server.device();
  const cases: readonly (readonly [Reply, object])[] = [
    [
      await server.asToken(token, "/api/v1/devices?q=host:hidden&sort=hostname"),
      { method: "GET", route: "/api/v1/devices", status: 200, ...account },
    ],
    [
      await server.asToken(token, `/api/v1/devices/${device.device}`),
      { method: "GET", route: "/api/v1/devices/:id", status: 200, ...account },
    ],
    [
      await server.asToken(token, "/api/v1/devices?q=hidden:x"),
      { method: "GET", route: "/api/v1/devices", status: 400, ...account },
    ],
    [
      await server.admin("GET", "/api/v1/api-tokens"),
      { method: "GET", route: "/api/v1/api-tokens", status: 200, account: "os:tester", address: null },
    ],
    [
      await server.asToken(token, "/api/v1/api-tokens"),
      { method: "GET", route: "/api/v1/api-tokens", status: 403, ...account },
    ],
    [
      await server.asToken("rct_hidden", "/api/v1/devices"),
      { method: "GET", route: "/api/v1/devices", status: 401, account: undefined },
    ],
    [
      await device.checkIn(),
      { method: "POST", route: "/v1/check-ins", status: 200, device: 1, address: "127.0.0.0/24" },
    ],
    [
      await device.checkIn("hidden"),
      { method: "POST", route: "/v1/check-ins", status: 400, device: 1, account: undefined },
    ],
    [
      await server.admin("DELETE", "/hidden/%2e%2e/hidden?hidden"),
      { method: "DELETE", route: "-", status: 404, account: undefined, device: undefined },
    ],
    [await server.admin("GET", "/api/v1/devices/%ff"), { method: "GET", route: "-", status: 400 }],
    [await server.admin("PUT", "/api/v1/devices"), { method: "PUT", route: "/api/v1/devices", status: 405 }],
  ];
  const there = await lines();
  for (const [reply, expected] of cases) {
    const found = there.filter(({ requestId }) => requestId === reply.headers["x-request-id"]);
    t.equal(found.length, 1);
    t.match(found[0], { msg: "request", ...expected });
  }
  const ids = there.map(({ requestId }) => requestId);
  t.equal(new Set(ids).size, ids.length, "every request has an id of its own");
  t.notMatch(readFileSync(file, "utf8"), /hidden/);
});

t.test("holds no secret, no digest and nothing of what a device said or an admin asked", async (t) => {
  const token = await server.apiToken({ role: "admin", name: "secret name", group: "secret group" });
  const device = await told(
    server,
    { hostname: "secret-host", serial: "SECRET-1" },
    { group: "secret group" },
  );
  const session = device.session;
  const receipt = await device.sent(
    machine({ hostname: "secret-host-2", packages: ["secret-package 6.66"] }),
  );
  await device.sent({ system: ok({ model: { secret: true } }), "secret.section": ok({}) });
  await device.putSections({ secret: "body" });
  await device.putBytes(Buffer.from("secret bytes"));
  await device.newSession();
  const { token: enrolment } = await server.enrolment({ group: "secret group" });
  const inventory = new Inventory(server, token);
  await inventory.devices({ q: "host:secret-host", limit: 1 });
  await inventory.named("secret-host");
  await inventory.software({ q: "secret-package" });
  await inventory.facets({ field: "serial", q: "secret-host" });
  await inventory.device(device.device);
  for (const path of [`/api/v1/devices/${token}`, `/${token}`, `/v1/sessions?secret=${session}`]) {
    const headers = { authorization: `Bearer ${token}`, cookie: `secret=${token}`, "user-agent": "secret" };
    await send(server.url, { method: "GET", path, headers });
  }
  await lines();
  const text = readFileSync(file, "utf8");
  const digests = Object.values(receipt.receipt.sections).flatMap(([, digest]) => digest ?? []);
  t.equal(digests.length, 5);
  for (const secret of [
    "secret",
    "SECRET",
    token,
    session,
    device.session,
    enrolment,
    device.installation,
    device.device,
    device.key.publicKey,
    receipt.receipt.stateDigest,
    receipt.receipt.signature,
    ...digests,
  ])
    t.notOk(text.includes(secret), secret);
  appendFileSync(file, '{"control":"secret"}\n');
  t.ok(readFileSync(file, "utf8").includes("secret"), "positive control");
});
