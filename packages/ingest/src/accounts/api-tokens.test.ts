/** API tokens: made, listed, expired, revoked; told once and kept as hashes. */
import t from "tap";
import { z } from "zod";
import { outcomeOf } from "../testing/outcome.ts";
import { send } from "../testing/simulated-device.ts";
import { placesOfText } from "../testing/stored-content.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const tokens = "/api/v1/api-tokens";
const made = z.strictObject({
  id: z.string(),
  token: z.string().regex(/^rct_[A-Za-z0-9_-]{43}$/),
  expiresAt: z.iso.datetime(),
});
const listed = z.strictObject({ items: z.array(z.record(z.string(), z.unknown())), next: z.null() });

const make = async (body: unknown) => made.parse((await server.admin("POST", tokens, body)).body);
const list = async () => listed.parse((await server.admin("GET", tokens)).body).items;
const ask = async (token: string) => outcomeOf(await server.asToken(token, "/api/v1/devices"));
const day = 86_400_000;

t.test("tells a new token once, and lists everything else of it", async (t) => {
  const before = Date.now();
  const first = await make({ name: "reports", role: "viewer" });
  const second = await make({ name: "lab", role: "admin", group: "lab", expiresInSeconds: 3_600 });
  const expiry = Date.parse(first.expiresAt);
  t.ok(expiry >= before + 365 * day && expiry <= Date.now() + 365 * day, first.expiresAt);
  const items = await list();
  t.same(
    items.map(({ createdAt, ...item }) => item),
    [
      {
        id: first.id,
        name: "reports",
        role: "viewer",
        groups: null,
        createdBy: "os:tester",
        expiresAt: first.expiresAt,
        revokedAt: null,
      },
      {
        id: second.id,
        name: "lab",
        role: "admin",
        groups: ["lab"],
        createdBy: "os:tester",
        expiresAt: second.expiresAt,
        revokedAt: null,
      },
    ],
  );
  for (const { createdAt } of items) t.ok(Date.parse(String(createdAt)) >= before);
  t.notMatch(JSON.stringify(items), /rct_/);
});

t.test("keeps only hashes of API and enrolment tokens and of sessions", async (t) => {
  const { token } = await make({ name: "positive control", role: "admin" });
  t.equal(await ask(token), "200");
  const device = await server.device();
  await device.checkedIn();
  const { token: enrolment } = await server.enrolment();
  for (const secret of [token, enrolment, device.session]) {
    const random = secret.replace(/^[a-z]+_(\d+\.)?/, "");
    for (const form of [random, Buffer.from(random, "base64url").toString("latin1")])
      t.same(placesOfText(server.directory, form), []);
  }
  t.ok(placesOfText(server.directory, "positive control").includes("api_tokens.name"));
});

t.test("names the account that made a token", async (t) => {
  const admin = await make({ name: "maker", role: "admin" });
  const headers = { authorization: `Bearer ${admin.token}`, "content-type": "application/json" };
  const body = JSON.stringify({ name: "child", role: "viewer" });
  t.equal((await send(server.url, { method: "POST", path: tokens, headers, body })).status, 201);
  t.match((await list()).at(-1), { name: "child", createdBy: `token:${admin.id}` });
});

t.test("lets a token in until it expires", async (t) => {
  t.teardown(() => {
    server.ahead = 0;
  });
  const { token } = await make({ name: "short", role: "viewer", expiresInSeconds: 60 });
  server.ahead = 50_000;
  t.equal(await ask(token), "200");
  server.ahead = 60_001;
  t.equal(await ask(token), "401 not-signed-in");
});

t.test("lets nobody in with a token from the moment it is revoked", async (t) => {
  const { id, token } = await make({ name: "gone", role: "admin" });
  const other = await make({ name: "stays", role: "viewer" });
  const revoke = async (which: string) => server.admin("DELETE", `${tokens}/${which}`);
  const revokedAt = async () => (await list()).find((item) => item.id === id)?.revokedAt;
  t.equal(await ask(token), "200");
  t.same((await revoke(id)).body, { revoked: true });
  t.equal(await ask(token), "401 not-signed-in");
  t.equal(await ask(other.token), "200");
  const first = await revokedAt();
  server.ahead = 5_000;
  t.equal(outcomeOf(await revoke(id)), "200");
  server.ahead = 0;
  t.equal(await revokedAt(), first);
  for (const unknown of ["999999", "0", "-1", "01", "1.0", "x", "__proto__", "1e0", "9".repeat(16)])
    t.equal(outcomeOf(await revoke(unknown)), "404 not-found", unknown);
});

t.test("lets nobody in with anything but a token as it was told", async (t) => {
  const { token } = await make({ name: "exact", role: "viewer" });
  const device = await server.device();
  const { token: enrolment } = await server.enrolment();
  const ask401 = async (authorization: string) =>
    outcomeOf(await send(server.url, { method: "GET", path: "/api/v1/devices", headers: { authorization } }));
  t.equal(await ask401(`bearer ${token}`), "200");
  for (const wrong of [
    token,
    `Basic ${token}`,
    "Bearer",
    "Bearer ",
    `Bearer ${token}x`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer ${token.slice("rct_".length)}`,
    `Bearer ${token.toUpperCase()}`,
    `Bearer ${token} ${token}`,
    `Bearer ${"x".repeat(300)}`,
    `Bearer ${device.session}`,
    `Bearer ${enrolment}`,
  ])
    t.equal(await ask401(wrong), "401 not-signed-in", wrong);
});

t.test("makes no token of a wrong request, and names the place", async (t) => {
  const before = (await list()).length;
  const usual = { name: "n", role: "viewer" };
  const cases: readonly (readonly [unknown, string])[] = [
    [{ role: "viewer" }, "/name"],
    [{ ...usual, name: "" }, "/name"],
    [{ ...usual, name: "x".repeat(129) }, "/name"],
    [{ ...usual, role: "root" }, "/role"],
    [{ ...usual, role: "__proto__" }, "/role"],
    [{ ...usual, group: "" }, "/group"],
    [{ ...usual, group: "-x" }, "/group"],
    [{ ...usual, group: "a\u202eb" }, "/group"],
    [{ ...usual, expiresInSeconds: 59 }, "/expiresInSeconds"],
    [{ ...usual, expiresInSeconds: 1e12 }, "/expiresInSeconds"],
    [{ ...usual, expiresInSeconds: "60" }, "/expiresInSeconds"],
    [{ ...usual, groups: [] }, "/groups"],
    [{ ...usual, groups: ["a", ""] }, "/groups/1"],
    [{ ...usual, groups: "a" }, "/groups"],
    [{ ...usual, group: "a", groups: ["a"] }, "/group"],
    [{ ...usual, people: [] }, "/people"],
    [[], ""],
  ];
  for (const [body, pointer] of cases) {
    const reply = await server.admin("POST", tokens, body);
    t.match(
      reply,
      { status: 400, body: { code: "invalid-request", errors: [{ pointer }] } },
      JSON.stringify(body),
    );
  }
  t.equal((await list()).length, before);
});
