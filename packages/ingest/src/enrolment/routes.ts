/** Enrolment: tokens and application numbers for admins, enrolments and sessions for devices. */
import {
  agentApplication,
  applicationNumberSchema,
  type Enrolment,
  enrolmentAnswer,
  enrolmentRequest,
  isGrantableUnasked,
  limits,
  type Ownership,
  ownerships,
  RollcallError,
  readGrantList,
  sessionAnswer,
  sessionRequest,
  type Wish,
  writeEnrolmentString,
} from "@rollcall/protocol";
import { z } from "zod";
import { accountScope } from "../accounts/caller.ts";
import { groupNameSchema, readId, revokedAnswer } from "../accounts/routes.ts";
import type { Config } from "../config.ts";
import { type Route, route } from "../http/route.ts";
import { newToken } from "../identity/secrets.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { addApplication, listApplications } from "./application-queries.ts";
import { enrolDevice, newSessionFor } from "./rules.ts";
import { addToken, listTokens, revokeToken } from "./token-queries.ts";

const day = 86_400;

const newEnrolmentToken = (config: Config) =>
  z.strictObject({
    local: z.boolean().default(false),
    /** Names the certificate in the string, where it is an operator's, too. */
    pin: z.boolean().default(false),
    group: groupNameSchema.default("default"),
    ownership: z.enum(ownerships).default("organisation"),
    uses: z.int().min(1).max(10_000_000).default(config["enrolment-tokens.uses"]),
    expiresInSeconds: z
      .int()
      .min(60)
      .max(3_650 * day)
      .default(config["enrolment-tokens.days"] * day),
    perHour: z.int().min(1).max(10_000_000).default(config["enrolment-tokens.perHour"]),
    grant: z.string().max(2_048).optional(),
  });

/** What a token carries. Only what has a basis of its own there is granted by it, for nobody consents for others; the rest is asked for on the device. */
function wishesOf(
  list: string | undefined,
  ownership: Ownership,
): { wishes: readonly Wish[]; leftOut: readonly string[] } {
  if (list === undefined) return { wishes: [], leftOut: [] };
  const read = readGrantList(list);
  if ("error" in read)
    throw new RollcallError("invalid-request", {
      detail: read.error,
      errors: [{ pointer: "/grant", detail: read.error }],
    });
  const grantable = (wish: Wish) => isGrantableUnasked(wish, ownership);
  return {
    wishes: read,
    leftOut: read.filter((wish) => !grantable(wish)).map(({ category }) => category),
  };
}

export function enrolmentRoutes(services: Services): readonly Route[] {
  return [...deviceRoutes(services), ...tokenRoutes(services), ...applicationRoutes(services)];
}

function deviceRoutes(services: Services): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/enrolments",
      access: "anyone",
      body: { schema: enrolmentRequest, limit: limits.enrolmentBody },
      answers: { 201: enrolmentAnswer },
      handle: async (incoming) => ({ status: 201, body: await enrolDevice(services, incoming) }),
    }),
    route({
      method: "POST",
      path: "/v1/sessions",
      access: "anyone",
      body: { schema: sessionRequest, limit: limits.sessionBody },
      answers: { 201: sessionAnswer },
      handle: async (incoming) => ({ status: 201, body: await newSessionFor(services, incoming) }),
    }),
  ];
}

/** How the devices reach the server, and by what they recognise it. */
function whereOf(
  { localUrl, publicAddress }: Services,
  { local, pin }: { readonly local: boolean; readonly pin: boolean },
): Pick<Enrolment, "url" | "ca"> {
  if (local) return { url: localUrl };
  const { url } = publicAddress;
  if (url === null)
    throw new RollcallError("loopback-only", {
      detail:
        "Other machines cannot reach this server; start it with --listen and a --public-url that they know it by, not one on loopback, or make a string for its own machine with --local.",
    });
  const ca = pin ? publicAddress.pinned() : publicAddress.ca();
  if (pin && ca === null)
    throw new RollcallError("invalid-request", {
      detail: "There is no certificate to pin: the proxy in front of this server shows its own.",
    });
  return { url, ...(ca === null ? {} : { ca }) };
}

const instant = z.iso.datetime();
const madeEnrolment = z.strictObject({
  id: z.string(),
  enrolment: z.string(),
  expiresAt: instant,
  leftOut: z.array(z.string()),
});
const enrolmentTokens = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      group: z.string(),
      ownership: z.enum(ownerships),
      local: z.boolean(),
      uses: z.int(),
      used: z.int(),
      perHour: z.int(),
      createdAt: instant,
      createdBy: z.string(),
      expiresAt: instant,
      revokedAt: instant.nullable(),
    }),
  ),
  next: z.null(),
});

function tokenRoutes(services: Services): readonly Route[] {
  const { store, config, keys, now } = services;
  const access = { permission: "tokens.manage" } as const;
  return [
    route({
      method: "POST",
      path: "/api/v1/enrolment-tokens",
      access,
      body: { schema: newEnrolmentToken(config), limit: 16_384 },
      audit: "enrolment-token.create",
      answers: { 201: madeEnrolment },
      async handle({ body }, caller, change) {
        const where = whereOf(services, body);
        const { wishes, leftOut } = wishesOf(body.grant, body.ownership);
        const { token, hash } = newToken("rce_");
        const expiresAt = now() + body.expiresInSeconds * 1000;
        const { group, ownership, uses, perHour, local } = body;
        const id = await change(
          addToken({
            hash,
            group,
            ownership,
            wishes,
            uses,
            perHour,
            local,
            createdAt: now(),
            createdBy: caller.name,
            expiresAt,
          }),
        );
        const enrolment = writeEnrolmentString({ ...where, server: keys.identity.publicKey, token });
        return { status: 201, body: { id: String(id), enrolment, expiresAt: isoTime(expiresAt), leftOut } };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/enrolment-tokens",
      access,
      answers: { 200: enrolmentTokens },
      async handle(_incoming, caller) {
        const rows = await store.read(listTokens, accountScope(caller), null);
        const items = rows.map((row) => ({
          id: String(row.id),
          group: row.group_name,
          ownership: row.ownership,
          local: row.local === 1,
          uses: row.uses,
          used: row.used,
          perHour: row.per_hour,
          createdAt: isoTime(row.created_at),
          createdBy: row.created_by,
          expiresAt: isoTime(row.expires_at),
          revokedAt: row.revoked_at === null ? null : isoTime(row.revoked_at),
        }));
        return { status: 200, body: { items, next: null } };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/enrolment-tokens/:id",
      access,
      audit: "enrolment-token.revoke",
      answers: { 200: revokedAnswer },
      async handle({ params }, _caller, change) {
        const revoked = await change(revokeToken({ id: readId(params), at: now() }));
        if (!revoked)
          throw new RollcallError("not-found", { detail: "There is no enrolment token with this id." });
        return { status: 200, body: { revoked: true } };
      },
    }),
  ];
}

const newApplication = z.strictObject({
  name: z.string().min(1).max(128),
  number: applicationNumberSchema.optional(),
});

const applications = z.strictObject({
  items: z.array(
    z.strictObject({ number: z.string(), name: z.string(), createdAt: z.iso.datetime().nullable() }),
  ),
  next: z.null(),
});

/** A name as an application number: lower case, everything else a dash. */
function numberFrom(name: string): string {
  const number = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, "-")
    .replaceAll(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 64);
  if (number === "")
    throw new RollcallError("invalid-request", {
      detail: "The name yields no application number; give one with --number.",
    });
  return number;
}

function applicationRoutes({ store, now }: Services): readonly Route[] {
  const access = { permission: "applications.manage" } as const;
  const reading = { permission: "inventory.read" } as const;
  return [
    route({
      method: "POST",
      path: "/api/v1/applications",
      access,
      body: { schema: newApplication, limit: 16_384 },
      audit: "application.create",
      answers: { 201: newApplication.required() },
      async handle({ body }, _caller, change) {
        const number = body.number ?? numberFrom(body.name);
        const added =
          number !== agentApplication &&
          (await change(addApplication({ number, name: body.name, at: now() })));
        if (!added)
          throw new RollcallError("invalid-request", {
            detail: `The application number ${number} is taken.`,
          });
        return { status: 201, body: { number, name: body.name } };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/applications",
      access: reading,
      answers: { 200: applications },
      async handle(_incoming, caller) {
        const rows = await store.read(listApplications, accountScope(caller), null);
        const own = { number: agentApplication, name: "Rollcall agent", createdAt: null };
        const items = rows.map(({ number, name, created_at }) => ({
          number,
          name,
          createdAt: isoTime(created_at),
        }));
        return { status: 200, body: { items: [own, ...items], next: null } };
      },
    }),
  ];
}
