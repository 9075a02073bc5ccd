/**
 * `/openapi.json` (OpenAPI 3.1), made from the declarations of the routes and nothing else: who may call, the form of
 * query, body and answers.
 */
import { problemBody, problems } from "@rollcall/protocol";
import { z } from "zod";
import { type Permission, permits, roleNames } from "../accounts/roles.ts";
import type { Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

export function openapi(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes)
    paths[pathOf(route)] = { ...paths[pathOf(route)], [route.method.toLowerCase()]: operation(route) };
  return {
    openapi: "3.1.0",
    info: { title: "Rollcall", version: "1", description: "Devices report; the inventory answers." },
    paths,
    components: { securitySchemes, schemas: { Problem: problemSchema() } },
  };
}

/** Who a caller has to be, by the access that a route declares. */
const securitySchemes = {
  apiToken: { type: "http", scheme: "bearer", description: "An API token (rct_…)." },
  session: { type: "http", scheme: "bearer", description: "A device's session (rcs_…)." },
  proof: {
    type: "apiKey",
    in: "header",
    name: "Rollcall-Proof",
    description: "A signature of the installation's key for this very request (PROTOCOL, One proof).",
  },
} as const;

const schemeOf = { device: "session", me: "proof" } as const;

/** Express 5's `:name` as a template. */
const pathOf = ({ path }: Route): string => path.replaceAll(/:(\w+)/g, "{$1}");

function operation(route: Route): Json {
  const content = bodyOf(route);
  return {
    operationId: `${route.method} ${route.path}`.replaceAll(/[^A-Za-z0-9]+/g, "-").toLowerCase(),
    ...accessOf(route),
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(content ? { requestBody: { required: true, content } } : {}),
    responses: { ...answersOf(route), default: refused },
  };
}

function accessOf({ access }: Route): Json {
  if (access === "anyone") return { security: [] };
  if (typeof access === "string") return { security: [{ [schemeOf[access]]: [] }] };
  return {
    security: [{ apiToken: [] }],
    "x-rollcall-permission": access.permission,
    "x-rollcall-roles": rolesWith(access.permission),
  };
}

const rolesWith = (permission: Permission) => roleNames.filter((role) => permits(role, permission));

const pathParameters = ({ path }: Route) =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));

const objectSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});

function queryParameters({ query }: Route) {
  if (!query) return [];
  const { properties, required } = objectSchema.parse(jsonSchema(query, "input"));
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

function bodyOf(route: Route): Json | null {
  const rule = route.body ?? ("raw" in route ? route.raw : undefined);
  return rule ? { "application/json": { schema: jsonSchema(rule.schema, "input") } } : null;
}

const answersOf = ({ answers = {} }: Route): Json =>
  Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      { description: "Done.", content: { "application/json": { schema: answerSchema(schema) } } },
    ]),
  );

const refused = {
  description: "Refused; `code` says why.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
} as const;

function problemSchema(): Json {
  const { properties, ...rest } = objectSchema.loose().parse(answerSchema(problemBody));
  return { ...rest, properties: { ...properties, code: { enum: Object.keys(problems) } } };
}

/** Clients have to ignore members that they do not know: later versions add some. */
const answerSchema = (schema: z.ZodType): unknown =>
  jsonSchema(schema, "output", (made) => {
    withoutPattern(made);
    if (made.jsonSchema.additionalProperties === false) delete made.jsonSchema.additionalProperties;
  });

type Override = NonNullable<z.core.ToJSONSchemaParams["override"]>;

/** The pattern of an instant is two lines long and says what its format says. */
const withoutPattern: Override = ({ jsonSchema: made }) => {
  if (made.format === "date-time") delete made.pattern;
};

/** As JSON Schema 2020-12, OpenAPI 3.1's own; what a schema cannot say, such as a sum, is left out. */
function jsonSchema(schema: z.ZodType, io: "input" | "output", override: Override = withoutPattern): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    reused: "inline",
    override,
  });
  return rest;
}
