/** The document of the API tells what the server does: every route, at its whole path, with who may call it. */
import { problems } from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { roleNames, roles } from "../accounts/roles.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { send } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const operation = z.looseObject({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.array(z.never()))),
  parameters: z.array(
    z.looseObject({ name: z.string(), in: z.enum(["path", "query"]), required: z.boolean() }),
  ),
  responses: z.record(z.string(), z.unknown()),
  "x-rollcall-permission": z.string().optional(),
  "x-rollcall-roles": z.array(z.string()).optional(),
});
const described = z.looseObject({
  openapi: z.literal("3.1.0"),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ securitySchemes: z.record(z.string(), z.unknown()) }),
});

const reply = await send(server.url, { method: "GET", path: "/openapi.json" });
const document = described.parse(reply.body);

const operations = server.routes.map((route) => {
  const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
  const found = document.paths[path]?.[route.method.toLowerCase()];
  if (!found) throw new Error(`${route.method} ${path} is not described`);
  return { route, path, found };
});

t.test("is told to anybody", async (t) => {
  t.equal(outcomeOf(reply), "200");
  t.match(reply.headers["content-type"], "application/json");
});

t.test("describes every route and nothing else", async (t) => {
  const there = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  t.equal(there.length, server.routes.length);
  t.equal(new Set(there.map(({ operationId }) => operationId)).size, there.length);
  for (const path of Object.keys(document.paths)) t.match(path, /^\/[^:]*$/);
  t.ok(document.paths["/api/v1/devices/{id}"]?.get);
});

t.test("says of each who may call it", async (t) => {
  const schemes = { anyone: [], device: [{ session: [] }], me: [{ proof: [] }] };
  for (const { route, path, found } of operations) {
    const { access } = route;
    const permission = typeof access === "string" ? undefined : access.permission;
    t.same(found.security, typeof access === "string" ? schemes[access] : [{ apiToken: [] }], path);
    t.equal(found["x-rollcall-permission"], permission, path);
    const allowed = roleNames.filter((role) => roles[role].some((each) => each === permission));
    t.same(found["x-rollcall-roles"], permission && allowed, path);
  }
  const named = ["apiToken", "session", "proof"];
  t.same(Object.keys(document.components.securitySchemes), named);
});

t.test("names every parameter", async (t) => {
  for (const { path, found } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const named = found.parameters.filter((each) => each.in === "path").map(({ name }) => name);
    t.same(named, inPath, path);
  }
  const facets = document.paths["/api/v1/facets"]?.get?.parameters ?? [];
  t.same(
    facets.map(({ name, required }) => [name, required]),
    [
      ["field", true],
      ["q", false],
      ["at", false],
      ["limit", false],
      ["cursor", false],
      ["fresh", false],
    ],
  );
});

t.test("says what each route of accounts answers and what a refusal looks like", async (t) => {
  for (const { path, route, found } of operations) {
    if (!route.path.startsWith("/api/")) continue;
    const statuses = Object.keys(found.responses);
    t.ok(
      statuses.some((status) => /^20\d$/.test(status)),
      `${route.method} ${path} declares an answer`,
    );
    t.ok(statuses.includes("default"));
  }
  t.match(document, {
    components: { schemas: { Problem: { properties: { code: { enum: Object.keys(problems) } } } } },
    paths: {
      "/api/v1/facets": {
        get: {
          responses: {
            200: { content: { "application/json": { schema: { required: ["asOf", "items", "next"] } } } },
            default: { content: { "application/problem+json": {} } },
          },
        },
      },
      "/api/v1/api-tokens": {
        post: {
          requestBody: { content: { "application/json": { schema: { required: ["name", "role"] } } } },
        },
      },
    },
  });
});

t.test("leads nowhere outside itself", async (t) => {
  const text = JSON.stringify(document);
  t.same(
    [...new Set([...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, to]) => to))],
    ["#/components/schemas/Problem"],
  );
  t.notMatch(text, /\$schema/);
});
