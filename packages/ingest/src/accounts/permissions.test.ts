/** Who may call what: every route with its access by hand, and every role at every route's door. */
import t from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import { type Request, send } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";
import { type Permission, permissions, type Role, roleNames, roles } from "./roles.ts";

/** A route that is not here was added without a decision on who may call it. */
const decided: Readonly<Record<string, "anyone" | "device" | "me" | Permission>> = {
  "GET /": "anyone",
  "GET /healthz": "anyone",
  "GET /readyz": "anyone",
  "GET /openapi.json": "anyone",
  "GET /v1/server": "anyone",
  "POST /v1/enrolments": "anyone",
  "POST /v1/sessions": "anyone",
  "POST /v1/check-ins": "device",
  "PUT /v1/consent": "device",
  "PUT /v1/sections": "device",
  "GET /v1/me": "me",
  "GET /v1/me/receipts": "me",
  "GET /v1/me/lookups": "me",
  "GET /v1/me/export": "me",
  "POST /v1/me/correct": "me",
  "POST /v1/me/delete": "me",
  "POST /v1/me/restrict": "me",
  "POST /v1/me/complain": "me",
  "GET /api/v1/devices": "inventory.read",
  "GET /api/v1/devices-named": "inventory.read",
  "GET /api/v1/devices/:id": "inventory.read",
  "GET /api/v1/devices/:id/history": "inventory.read",
  "GET /api/v1/devices/:id/sections": "inventory.read",
  "GET /api/v1/devices/:id/sections/:name": "inventory.read",
  "DELETE /api/v1/devices/:id": "devices.delete",
  "GET /api/v1/duplicates": "inventory.read",
  "POST /api/v1/devices/:id/merge": "devices.merge",
  "POST /api/v1/devices/:id/split": "devices.merge",
  "PUT /api/v1/devices/:id/location": "devices.set",
  "DELETE /api/v1/devices/:id/location": "devices.set",
  "POST /api/v1/devices/:id/retire": "devices.retire",
  "DELETE /api/v1/devices/:id/retire": "devices.retire",
  "GET /api/v1/changes": "inventory.read",
  "GET /api/v1/software": "inventory.read",
  "GET /api/v1/facets": "inventory.read",
  "GET /api/v1/applications": "inventory.read",
  "POST /api/v1/applications": "applications.manage",
  "GET /api/v1/enrolment-tokens": "tokens.manage",
  "POST /api/v1/enrolment-tokens": "tokens.manage",
  "DELETE /api/v1/enrolment-tokens/:id": "tokens.manage",
  "GET /api/v1/audit": "audit.read",
  "GET /api/v1/keys": "keys.manage",
  "POST /api/v1/keys/:key/rotate": "keys.manage",
  "POST /api/v1/keys/:key/use": "keys.manage",
  "GET /api/v1/retention": "retention.run",
  "POST /api/v1/retention": "retention.run",
  "POST /api/v1/reindex": "index.manage",
  "GET /metrics": "metrics.read",
  "GET /api/v1/api-tokens": "tokens.manage",
  "POST /api/v1/api-tokens": "tokens.manage",
  "DELETE /api/v1/api-tokens/:id": "tokens.manage",
};

const server = await TestServer.start();
t.teardown(() => server.remove());

t.test("has a decided access for every route", async (t) => {
  const found = server.routes.map(({ method, path, access }) => [
    `${method} ${path}`,
    typeof access === "string" ? access : access.permission,
  ]);
  t.same(Object.fromEntries(found), decided);
  t.equal(found.length, Object.keys(decided).length);
});

t.test("gives each role what it is meant to have", async (t) => {
  t.same(roles, {
    viewer: ["inventory.read"],
    operator: [
      "inventory.read",
      "inventory.read-sensitive",
      "devices.set",
      "devices.retire",
      "devices.merge",
      "metrics.read",
    ],
    admin: permissions,
    "privacy-officer": [
      "inventory.read",
      "inventory.read-sensitive",
      "devices.delete",
      "audit.read",
      "retention.run",
    ],
    monitor: ["metrics.read"],
  });
  t.same(roleNames.toSorted(), Object.keys(roles).toSorted());
});

const agentSocket = server.control.replace("control.sock", "agent.sock");

const ofAccounts = Object.entries(decided).filter(([, access]) => access.includes("."));
const methods = ["GET", "POST", "PUT", "DELETE"] as const;

/** A call that has no effect even when it is let in: ids that there are not, bodies that are none. */
function harmless(name: string, authorization: string | undefined): Request {
  const [verb, path = ""] = name.split(" ");
  const method = methods.find((known) => known === verb) ?? "GET";
  return {
    method,
    path: path.replaceAll(/:\w+/g, "999999"),
    ...(authorization === undefined ? {} : { headers: { authorization } }),
    ...(method === "POST" ? { body: "{" } : {}),
  };
}
const isLetIn = (outcome: string) => /^(200|400 invalid-(json|request)|404 not-found)$/.test(outcome);

for (const role of roleNames) {
  t.test(`lets ${role} call what its permissions allow, and refuses the rest`, async (t) => {
    const token = await server.apiToken({ role });
    for (const [name, permission] of ofAccounts) {
      const outcome = outcomeOf(await send(server.url, harmless(name, `Bearer ${token}`)));
      const has = roles[role satisfies Role].some((each) => each === permission);
      t.equal(has ? isLetIn(outcome) : outcome, has || "403 not-permitted", `${name}: ${outcome}`);
    }
  });
}

t.test("keeps a token of one group away from what concerns all", async (t) => {
  const token = await server.apiToken({ role: "admin", group: "lab" });
  for (const [name, permission] of ofAccounts) {
    const outcome = outcomeOf(await send(server.url, harmless(name, `Bearer ${token}`)));
    const has = /^(inventory|devices)[.]/.test(permission);
    t.equal(has ? isLetIn(outcome) : outcome, has || "403 not-permitted", `${name}: ${outcome}`);
  }
});

t.test("lets nobody in without a token but through the control socket, as its operator", async (t) => {
  for (const [name] of ofAccounts) {
    const call = harmless(name, undefined);
    for (const door of [server.url, agentSocket])
      t.equal(outcomeOf(await send(door, call)), "401 not-signed-in", `${name} at ${door}`);
    const outcome = outcomeOf(await send(server.control, call));
    t.ok(isLetIn(outcome), `${name} at the control socket: ${outcome}`);
  }
  const token = await server.apiToken({ role: "viewer" });
  const manage = harmless("GET /api/v1/api-tokens", `Bearer ${token}`);
  for (const door of [server.control, agentSocket])
    t.equal(
      outcomeOf(await send(door, manage)),
      "403 not-permitted",
      "a token says who calls, at every door",
    );
});

t.test("takes what lets a device in for no account, at any door", async (t) => {
  const device = await server.device();
  const { token } = await server.enrolment();
  for (const [name] of ofAccounts)
    for (const secret of [device.session, token])
      for (const door of [server.url, server.control, agentSocket]) {
        const outcome = outcomeOf(await send(door, harmless(name, `Bearer ${secret}`)));
        t.equal(outcome, "401 not-signed-in", `${name} at ${door}`);
      }
});

t.test("takes neither session nor token for the proof of the person at a device", async (t) => {
  const device = await server.device();
  const token = await server.apiToken({ role: "admin" });
  for (const [name, access] of Object.entries(decided)) {
    if (access !== "me") continue;
    for (const authorization of [`Bearer ${token}`, `Bearer ${device.session}`, undefined])
      for (const door of [server.url, server.control, agentSocket])
        t.equal(outcomeOf(await send(door, harmless(name, authorization))), "401 proof-invalid", name);
  }
});

t.test("takes no API token for a device's session", async (t) => {
  const token = await server.apiToken({ role: "admin" });
  for (const [name, access] of Object.entries(decided)) {
    if (access !== "device") continue;
    for (const authorization of [`Bearer ${token}`, undefined])
      for (const door of [server.url, server.control])
        t.equal(outcomeOf(await send(door, harmless(name, authorization))), "401 session-invalid", name);
  }
});
