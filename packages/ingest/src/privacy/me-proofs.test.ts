/** Nothing below /v1/me opens to anybody but the holder of the installation's key, for one request at a time. */
import { newSigningKey } from "@rollcall/protocol";
import t from "tap";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { Reply, SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const device = await told(server);
const other = await told(server);

/** Every route, with a body that it takes, and what it answers to its owner. */
const routes = [
  ["GET", "/v1/me", undefined, "200"],
  ["GET", "/v1/me/receipts", undefined, "200"],
  ["GET", "/v1/me/lookups", undefined, "200"],
  ["GET", "/v1/me/export", undefined, "200"],
  ["POST", "/v1/me/correct", { section: "system", field: "model", value: "Engine 1" }, "200"],
  ["POST", "/v1/me/delete", {}, "202"],
  ["POST", "/v1/me/restrict", {}, "501 not-yet"],
  ["POST", "/v1/me/complain", {}, "501 not-yet"],
] as const;
type MeRoute = (typeof routes)[number];

const invalid = "401 proof-invalid";

/** What is not the owner's own fresh proof of this very request, and what is said to it. */
const attempts: Record<string, readonly [(route: MeRoute) => Promise<Reply>, string]> = {
  "no proof": [([method, path, body]) => device.send(plain(method, path, body)), invalid],
  "a session": [([method, path, body]) => device.send(plain(method, path, body, bearer(device))), invalid],
  "an API token": [
    async ([method, path, body]) =>
      device.send(plain(method, path, body, `Bearer ${await server.apiToken({ role: "admin" })}`)),
    invalid,
  ],
  "the control socket": [([method, path, body]) => server.admin(method, path, body), invalid],
  "another device's key": [
    ([method, path, body]) => device.me(method, path, body, { key: other.key }),
    invalid,
  ],
  "another installation's name": [
    ([method, path, body]) => device.me(method, path, body, { installation: other.installation }),
    invalid,
  ],
  "a name that nobody has": [
    ([method, path, body]) => device.me(method, path, body, { installation: `ins_${"a".repeat(26)}` }),
    invalid,
  ],
  "another server": [
    ([method, path, body]) => device.me(method, path, body, { audience: newSigningKey().publicKey }),
    invalid,
  ],
  "use session": [([method, path, body]) => device.me(method, path, body, { use: "session" }), invalid],
  "use enrol": [([method, path, body]) => device.me(method, path, body, { use: "enrol" }), invalid],
  "use succeed": [([method, path, body]) => device.me(method, path, body, { use: "succeed" }), invalid],
  "another method": [([method, path, body]) => device.me(method, path, body, { method: "PUT" }), invalid],
  "another target": [
    ([method, path, body]) => device.me(method, path, body, { target: "/v1/me/else" }),
    invalid,
  ],
  "another query": [([method, path, body]) => device.me(method, path, body, { target: `${path}?` }), invalid],
  "another body": [
    ([method, path, body]) => device.me(method, path, body, { body: Buffer.from('{"a":1}') }),
    invalid,
  ],
  "a nonce of its own making": [
    ([method, path, body]) => device.me(method, path, body, { nonce: "A".repeat(43) }),
    "401 nonce-invalid",
  ],
};

const bearer = ({ session }: SimulatedDevice) => `Bearer ${session}`;
const plain = (method: MeRoute[0], path: string, body: unknown, authorization?: string) => ({
  method,
  path,
  headers: { "content-type": "application/json", ...(authorization ? { authorization } : {}) },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

for (const route of routes) {
  const [method, path, body, answer] = route;
  t.test(`${method} ${path} opens to its owner's proof and to nothing else`, async (t) => {
    for (const [name, [attempt, refusal]] of Object.entries(attempts))
      t.equal(outcomeOf(await attempt(route)), refusal, name);
    t.equal(outcomeOf(await device.me(method, path, body)), answer, "the owner's own");
  });

  t.test(`${method} ${path} takes a proof once, and with a body only where it has one`, async (t) => {
    const nonce = await device.nonce();
    t.equal(outcomeOf(await device.me(method, path, body, { nonce })), answer);
    t.equal(outcomeOf(await device.me(method, path, body, { nonce })), "401 nonce-invalid", "replayed");
    const unproved = { body: Buffer.alloc(0) };
    const other = body === undefined ? { a: 1 } : undefined;
    const refusal = body === undefined ? "400 invalid-request" : "400 invalid-json";
    t.equal(outcomeOf(await device.me(method, path, other, unproved)), refusal);
  });
}

t.test(
  "looks at no signature before the installation is found, and gives a nonce with every 401",
  async (t) => {
    const nonce = await device.nonce();
    const stranger = { installation: `ins_${"a".repeat(26)}`, nonce };
    t.equal(outcomeOf(await device.me("GET", "/v1/me", undefined, stranger)), invalid);
    const { status, headers } = await device.me("GET", "/v1/me", undefined, { nonce, key: other.key });
    t.equal(status, 401);
    // Neither spent the nonce: it is still good for who holds the key, and so is the one that the refusal gave.
    t.equal(outcomeOf(await device.me("GET", "/v1/me", undefined, { nonce })), "200");
    const given = String(headers["rollcall-nonce"]);
    t.equal(outcomeOf(await device.me("GET", "/v1/me", undefined, { nonce: given })), "200");
  },
);

t.test(
  "answers one request of an installation at a time, and makes nobody wait for who has no proof",
  async (t) => {
    const replies = await Promise.all(
      Array.from({ length: 4 }, async () => outcomeOf(await device.me("GET", "/v1/me"))),
    );
    t.same(
      [...new Set(replies)].filter((reply) => reply !== "200" && reply !== "429 check-in-running"),
      [],
    );
    t.ok(replies.includes("200"));
  },
);

t.test("closes to an installation in doubt, whose key two hold", async (t) => {
  const copied = await told(server);
  await copied.checkIn(copied.checkInBody({ counter: copied.counter }));
  for (const [method, path, body] of routes)
    t.equal(outcomeOf(await copied.me(method, path, body)), "409 identity-in-doubt", path);
});
