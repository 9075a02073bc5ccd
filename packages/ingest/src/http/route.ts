/**
 * What a route is. Each domain lists its own; method, address, who may call, and the form of query and body are
 * declared, the rest is the handler's five lines: what came, checked, in; an answer out.
 */
import type { z } from "zod";
import type { CallingAccount, CallingInstallation } from "../accounts/caller.ts";
import type { Permission } from "../accounts/roles.ts";
import type { AuditAction } from "../audit/actions.ts";
import type { Change } from "../audit/change.ts";
import type { Lease } from "../decoding/memory-budget.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** The request as every handler gets it. */
export interface Incoming<Query, Body> {
  /** The server's own id of this request, for the audit log. */
  readonly requestId: string;
  readonly method: Method;
  /** Path and query as sent. */
  readonly target: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** The body's bytes as sent, before decoding. */
  readonly bytes: Uint8Array;
  /** What the request holds of the memory budget; released when it is answered. */
  readonly lease: Lease;
  /** Where it came from, as far as a named proxy's word is believed; undefined through a local socket. */
  readonly address: string | undefined;
  header(name: string): string | undefined;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON; nothing when undefined. */
  readonly body?: unknown;
  readonly text?: string;
  /** JSON that is written already. */
  readonly json?: Uint8Array;
  /** JSON in parts, for what is too long to be made at once; sent as the other end takes it. */
  readonly parts?: Iterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
}

interface BodyRule<Body> {
  readonly schema: z.ZodType<Body>;
  /** Bytes on the wire at most. */
  readonly limit: number;
  /** The bytes have to be their own canonical form (RFC 8785). */
  readonly canonical?: true;
}

/** A body that the handler decodes itself, in its own time. */
interface RawBodyRule {
  /** What it has to become. */
  readonly schema: z.ZodType;
  /** Bytes on the wire at most. */
  readonly limit: number;
  /** Content encodings that are taken besides none. */
  readonly encodings: readonly string[];
}

interface RouteBase<Query, Body> {
  readonly method: Method;
  /** Express 5 path. */
  readonly path: string;
  readonly query?: z.ZodType<Query>;
  /** What is answered by status, where it is JSON; tests hold every answer of a `TestServer` against it. */
  readonly answers?: Readonly<Record<number, z.ZodType>>;
  readonly body?: BodyRule<Body>;
  readonly raw?: RawBodyRule;
}

interface OpenRoute<Query, Body> extends RouteBase<Query, Body> {
  readonly access: "anyone";
  handle(incoming: Incoming<Query, Body>): Promise<Answer>;
}
/** An installation as far as it is known without asking the database. */
export interface QuickCaller extends Pick<CallingInstallation, "ordinal" | "device"> {
  /** That of the row by which it is known (`QuickCheckIns.versionOf`). */
  readonly version: number;
}

/** What answers those of whom enough is known without asking the database. */
export interface QuickHandler<Body> {
  /** Who has this session; null where that has to be asked. */
  callerOf(session: { readonly ordinal: number; readonly hash: Uint8Array }): Promise<QuickCaller | null>;
  handle(incoming: Incoming<unknown, Body>, caller: QuickCaller): Promise<Answer>;
}

/** A route of a device with a session; one request at a time for each installation. */
interface DeviceRoute<Query, Body> extends RouteBase<Query, Body> {
  readonly access: "device";
  readonly quick?: QuickHandler<Body> | null;
  handle(incoming: Incoming<Query, Body>, caller: CallingInstallation): Promise<Answer>;
}
/**
 * A route of the person at a device: each request carries a proof `me` of the installation's key, a session opens
 * nothing here.
 */
interface MeRoute<Query, Body> extends RouteBase<Query, Body> {
  readonly access: "me";
  handle(incoming: Incoming<Query, Body>, caller: CallingInstallation): Promise<Answer>;
}
interface ReadingRoute<Query, Body> extends RouteBase<Query, Body> {
  readonly method: "GET";
  readonly access: { readonly permission: Permission };
  handle(incoming: Incoming<Query, Body>, caller: CallingAccount): Promise<Answer>;
}
/** A route by which an account changes something, each time with an entry in the audit log. */
interface ChangingRoute<Query, Body> extends RouteBase<Query, Body> {
  readonly method: Exclude<Method, "GET">;
  readonly access: { readonly permission: Permission };
  readonly audit: AuditAction;
  handle(incoming: Incoming<Query, Body>, caller: CallingAccount, change: Change): Promise<Answer>;
}

export type RouteOf<Query, Body> =
  | OpenRoute<Query, Body>
  | DeviceRoute<Query, Body>
  | MeRoute<Query, Body>
  | ReadingRoute<Query, Body>
  | ChangingRoute<Query, Body>;

/** A route whose query and body types are its own business. */
export type Route = RouteOf<unknown, unknown>;

/** Declares a route with its handler's types taken from its schemas. */
export function route<Query = Record<string, never>, Body = undefined>(
  declared: RouteOf<Query, Body>,
): Route {
  // The assembly gives the handler only what the route's own schemas have let through.
  return declared as unknown as Route;
}
