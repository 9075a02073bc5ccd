/** What every answer has in common, whatever the address: an id, the one form of refusals, the headers that are due. */
import { accepts, catalogueDigest, isAnnouncedBy, limits, serverAnswer } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import { type Reply, type Request, send } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const get = (path: string) => send(server.url, { method: "GET", path });

/** The answer to any method, as a browser that stands on this machine would ask. */
async function asked(method: string, path: string): Promise<Reply> {
  const { host } = new URL(server.url);
  const connection = await RawConnection.open(server.url);
  connection.write(`${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  const reply = await connection.reply();
  await connection.closed();
  return reply;
}

t.test("refuses addresses that there are not", async (t) => {
  for (const path of ["/nothing", "/v1", "/v1/nothing", "/api/v2/devices", "/..%2f..%2fetc/passwd"])
    for (const method of ["GET", "POST", "OPTIONS"])
      t.equal(outcomeOf(await asked(method, path)), "404 not-found", `${method} ${path}`);
});

t.test("names the methods that an address takes to whoever tries another", async (t) => {
  const wrong: [string, string, string][] = [
    ["GET", "/v1/check-ins", "POST"],
    ["POST", "/v1/sections", "PUT"],
    ["DELETE", "/v1/enrolments", "POST"],
    ["PATCH", "/v1/consent", "PUT"],
    ["OPTIONS", "/v1/server", "GET, HEAD"],
    ["TRACE", "/", "GET, HEAD"],
    ["PUT", "/healthz", "GET, HEAD"],
    ["OPTIONS", "/api/v1/api-tokens", "POST, GET, HEAD"],
    ["HEAD", "/api/v1/api-tokens/7", "DELETE"],
  ];
  for (const [method, path, allow] of wrong) {
    const reply = await asked(method, path);
    t.equal(reply.headers.allow, allow, `${method} ${path}`);
    if (method === "HEAD") t.equal(reply.status, 405);
    else t.equal(outcomeOf(reply), "405 method-not-allowed", `${method} ${path}`);
  }
});

t.test("lets no page of another origin ask ahead", async (t) => {
  const preflight = await asked("OPTIONS", "/api/v1/devices");
  const answered = Object.keys(preflight.headers).filter((name) => name.startsWith("access-control-"));
  t.same(answered, []);
});

t.test("refuses an address that cannot be decoded", async (t) => {
  for (const path of ["/api/v1/devices/%ff", "/api/v1/devices/%", "/api/v1/enrolment-tokens/%e0%a4"])
    t.match(outcomeOf(await get(path)), /^(400 invalid-request|404 not-found)$/, path);
  t.equal(outcomeOf(await get("/api/v1/devices/%ff")), "400 invalid-request");
});

t.test("answers an address with a fragment itself, and not the router in its place", async (t) => {
  for (const path of ["//v1?#@x", "//v1#@x", "/v1?#", "//#", "/#//@"])
    t.equal(outcomeOf(await send(server.control, { method: "GET", path })), "404 not-found", path);
});

t.test("answers any address with a problem of the table or a success", async () => {
  const segment = fc.oneof(
    fc.constantFrom("v1", "api", "devices", "facets", "software", "server", "..", "%00", "%ff", "%2f", "a b"),
    fc.string({ maxLength: 12 }),
    fc.string({ unit: "grapheme", maxLength: 4 }),
  );
  const path = fc.tuple(fc.array(segment, { maxLength: 4 }), fc.option(fc.string({ maxLength: 30 })));
  await fc.assert(
    fc.asyncProperty(path, async ([segments, query]) => {
      const target = `/${segments.join("/")}${query === null ? "" : `?${query}`}`;
      // What cannot stand in a request line is not sent by Node's client.
      const sendable = target.replaceAll(/[^\x21-\x7e]/g, "%F0");
      const outcome = outcomeOf(await send(server.control, { method: "GET", path: sendable }));
      if (Number(outcome.slice(0, 3)) >= 500) throw new Error(`${outcome} for ${sendable}`);
    }),
    { numRuns: 200 },
  );
});

const several: readonly Request[] = [
  { method: "GET", path: "/" },
  { method: "GET", path: "/healthz" },
  { method: "GET", path: "/v1/server" },
  { method: "GET", path: "/nothing" },
  { method: "POST", path: "/v1/enrolments", body: "{" },
  { method: "POST", path: "/v1/check-ins", body: "{}" },
  { method: "GET", path: "/api/v1/devices" },
  { method: "GET", path: "/api/v1/nothing" },
];

t.test("gives every answer an id of its own, and lets nobody keep a copy", async (t) => {
  const replies: Reply[] = [];
  for (const request of [...several, ...several]) replies.push(await send(server.url, request));
  const ids = replies.map(({ headers }) => headers["x-request-id"]);
  t.equal(new Set(ids).size, replies.length);
  for (const id of ids) t.match(id, /^[\w-]{12}$/);
  for (const { headers } of replies) t.equal(headers["cache-control"], "no-store");
  const chosen = await send(server.url, { method: "GET", path: "/", headers: { "x-request-id": "mine" } });
  t.not(chosen.headers["x-request-id"], "mine");
});

t.test("has security headers on pages and below /api, and none for devices", async (t) => {
  const names = ["content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"];
  const present = ({ headers }: Reply) => names.filter((name) => headers[name] !== undefined);
  for (const path of [
    "/api/v1/devices",
    "/api/v1/nothing",
    "/api",
    "/API/v1/devices",
    "/api/v1/devices/%ff",
    "/",
    "/nothing",
  ])
    t.same(present(await get(path)), names, path);
  for (const path of ["/v1/server", "/v1/nothing", "/v1"]) t.same(present(await get(path)), [], path);
  t.notOk("x-powered-by" in (await get("/api/v1/devices")).headers);
});

t.test("says that it lives and is ready", async (t) => {
  t.same((await get("/healthz")).body, { status: "ok" });
  t.same((await get("/readyz")).body, { status: "ready" });
  const head = await fetch(`${server.url}/healthz`, { method: "HEAD" });
  t.same([head.status, await head.text()], [200, ""]);
});

t.test("tells devices who it is, what it takes, and a nonce", async (t) => {
  const [first, second] = [await get("/v1/server"), await get("/v1/server")];
  const { receiptKey, ...answer } = serverAnswer.strict().parse(first.body);
  t.same(answer, {
    server: server.id,
    organisation: { name: "", contact: "" },
    policy: { version: 0, digest: catalogueDigest },
    accepts,
    limits: { ...limits, page: 100, largestPage: 1_000 },
  });
  t.ok(isAnnouncedBy(server.id, receiptKey));
  t.not(first.headers["rollcall-nonce"], second.headers["rollcall-nonce"]);
});
