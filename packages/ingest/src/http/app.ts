/** The assembly: every route with the same steps around it: who calls, what was sent, handle, answer, log. */
import type { IncomingMessage, RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import { parseWith, RollcallError } from "@rollcall/protocol";
import express, { type NextFunction, type Request, type Response } from "express";
import { z } from "zod";
import type { CallingInstallation } from "../accounts/caller.ts";
import { changeOf } from "../audit/change.ts";
import type { Lease } from "../decoding/memory-budget.ts";
import { cutAddress, type ServerLog } from "../logs/request-log.ts";
import type { Services } from "../services.ts";
import { type Asked, byAddress, headerOf, throughExpress } from "./asked.ts";
import {
  callingAccount,
  callingInstallation,
  type Door,
  demandOwn,
  demandPermission,
  installationNamed,
  sessionIn,
} from "./authenticate.ts";
import { discardBody, readBody } from "./body.ts";
import { type BrowserFacts, hostNames, refusalOf } from "./browser-rules.ts";
import { type Pace, paceOf } from "./pace.ts";
import { isFault, problemAnswer } from "./problem-answer.ts";
import type { Proxies } from "./proxies.ts";
import type { Answer, Incoming, Route } from "./route.ts";
import { routes } from "./routes.ts";
import { securityHeaders } from "./security-headers.ts";
import { newRequestId, send } from "./send.ts";
import { refuseUnreadable, unreadableReason } from "./unreadable.ts";

/** The methods of each address, HEAD with GET. */
function methodsOf(served: readonly Route[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { method, path } of served)
    methods.set(path, [...(methods.get(path) ?? []), ...(method === "GET" ? ["GET", "HEAD"] : [method])]);
  return methods;
}

const noQuery = z.record(z.string(), z.unknown());

/**
 * A request target has no fragment (RFC 9112, 3.2), nor blanks of any kind. The router would read it as a whole URL
 * then, may find no path in it, and would answer by itself, past every step of ours.
 */
const withoutFragment = (target: string): string =>
  target.replaceAll(/[#\s\u00a0\ufeff]/g, encodeURIComponent);

/** What the log tells of the caller, as far as it is known. */
interface Named {
  device?: number;
  account?: string;
}

/** A request that has no answer yet. */
interface Underway extends Asked {
  readonly requestId: string;
  readonly named: Named;
  /** Rejects when the rest of the request cannot be read. */
  readonly broken: Promise<never>;
  readonly fail: (reason: RollcallError) => void;
  readonly lease: Lease;
  readonly pace: Pace;
}

type Arrived = Asked & Pick<Underway, "requestId" | "lease" | "pace">;

function underway(arrived: Arrived): Underway {
  const { promise: broken, reject: fail } = Promise.withResolvers<never>();
  // Nobody has to wait for it.
  broken.catch(() => {});
  return { ...arrived, named: {}, broken, fail };
}

export interface App {
  /** Everything that it serves. */
  readonly routes: readonly Route[];
  readonly handle: RequestListener;
  /** For the server's `clientError`: what came through this socket cannot be read as HTTP, or not in time. */
  readonly unreadable: (error: Error, socket: Duplex) => void;
}

export function createApp(
  services: Services,
  log: ServerLog,
  doorOf: (request: IncomingMessage) => Door,
): App {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");
  app.set("trust proxy", (address: string | undefined) => services.proxies.includes(address));
  app.use(securityHeaders);
  const busy = new Set<number>();
  const giveNonce = () => services.nonces.give();
  const pace = paceOf(services);
  /** The latest of each connection, which is the one that its parser reads. */
  const unanswered = new WeakMap<Duplex, Underway>();
  const names = hostNames(services.config["server.hosts"], services.publicAddress.url);
  app.use((request: Request, response: Response, next: NextFunction) => {
    const refusal = refusalOf(request, doorOf(request), names);
    return refusal
      ? answerWith(throughExpress(request, response), "-", () => Promise.reject(refusal))
      : next();
  });
  const served = routes(services);
  const byAddressAlone = new Map<string, Route>(
    served.flatMap((declared) =>
      declared.access === "device" ? [[`${declared.method} ${declared.path}`, declared] as const] : [],
    ),
  );
  for (const declared of served) {
    const verb = declared.method.toLowerCase() as "get" | "post" | "put" | "delete";
    app[verb](declared.path, (request, response) =>
      answerWith(throughExpress(request, response), declared.path, (current) =>
        run(services, declared, { ...current, door: doorOf(request), busy }),
      ),
    );
  }
  for (const [path, allow] of methodsOf(served)) {
    app.all(path, (request, response) =>
      answerWith(throughExpress(request, response), path, () =>
        Promise.reject(new RollcallError("method-not-allowed", { allow })),
      ),
    );
  }
  app.use((request: Request, response: Response) =>
    answerWith(throughExpress(request, response), "-", () =>
      Promise.reject(new RollcallError("not-found", { detail: "There is no such address." })),
    ),
  );
  // What fails before a route begins, such as an address that cannot be decoded. Express tells such handlers by
  // their four parameters; its own would answer with a stack trace.
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) =>
    answerWith(throughExpress(request, response), "-", () => Promise.reject(error)),
  );
  const handle: RequestListener = (request, response) => {
    request.url = withoutFragment(request.url ?? "/");
    const declared = byAddressAlone.get(`${request.method} ${request.url}`);
    if (!declared || services.proxies.includes(request.socket.remoteAddress)) app(request, response);
    else {
      const asked = byAddress(request, response, declared.path);
      answerDirectly(asked, declared).catch((error) => answerWith(asked, "-", () => Promise.reject(error)));
    }
  };
  return { routes: served, handle, unreadable };

  /** The same steps as through Express, whose search for the route costs more than most check-ins do besides. */
  function answerDirectly(asked: Asked, declared: Route): Promise<void> {
    const door = doorOf(asked.request);
    const refusal = refusalOf(factsOf(asked), door, names);
    if (refusal) return answerWith(asked, "-", () => Promise.reject(refusal));
    return answerWith(asked, declared.path, (current) => run(services, declared, { ...current, door, busy }));
  }

  function unreadable(error: Error, socket: Duplex): void {
    const reason = unreadableReason(error);
    const current = unanswered.get(socket);
    if (!current) refuseUnreadable(reason, socket, { log, giveNonce });
    else if (!current.request.complete) current.fail(reason);
    // It came whole, and what is behind it is nothing.
    else current.response.setHeader("connection", "close");
  }

  async function answerWith(
    asked: Asked,
    path: string,
    work: (current: Underway) => Promise<Answer>,
  ): Promise<void> {
    const started = performance.now();
    const { request, response } = asked;
    const requestId = newRequestId();
    const lease = services.decoding.budget.lease();
    const current = underway({ ...asked, requestId, lease, pace });
    unanswered.set(request.socket, current);
    let answer: Answer;
    try {
      answer = await work(current);
    } catch (error) {
      if (isFault(error)) log.fault(error, requestId);
      answer = problemAnswer(error, requestId, giveNonce);
      await discardBody(request, current);
      if (!request.complete) response.setHeader("connection", "close");
    }
    lease.release();
    await send(asked, answer, requestId);
    if (unanswered.get(request.socket) === current) unanswered.delete(request.socket);
    log.request({
      method: request.method ?? "-",
      route: path,
      status: answer.status,
      durationMilliseconds: Math.round((performance.now() - started) * 10) / 10,
      requestId,
      address: cutAddress(asked.address),
      ...current.named,
    });
  }
}

interface Running extends Underway {
  readonly door: Door;
  /** Installations with a request under way. */
  readonly busy: Set<number>;
}

async function run(services: Services, declared: Route, running: Running): Promise<Answer> {
  const { request, door, busy, named } = running;
  const { authorization } = request.headers;
  refuseDoor(services.proxies, declared, running);
  if (declared.access === "anyone") return declared.handle(await incoming(running, declared));
  if (declared.access === "device") {
    const { quick } = declared;
    const session = quick ? sessionIn(authorization) : null;
    const known = session && (await quick?.callerOf(session));
    if (quick && known) {
      named.device = known.device;
      return alone(busy, known, async () => quick.handle(await incoming(running, declared), known));
    }
    const caller = await callingInstallation(services, authorization);
    named.device = caller.device;
    return alone(busy, caller, async () => declared.handle(await incoming(running, declared), caller));
  }
  if (declared.access === "me") {
    await installationNamed(services, { header: (name) => headerOf(request, name) });
    refuseUnexpectedBody(request, declared);
    // The proof before the installation's turn: whoever only knows its name takes no turn from it.
    const own = await incoming(running, declared);
    // Again: a body may be a minute on its way, and its device another one, or in doubt, by then.
    const caller = await installationNamed(services, own);
    demandOwn(services, own, caller);
    named.device = caller.device;
    return alone(busy, caller, () => declared.handle(own, caller));
  }
  const caller = await callingAccount(services, door, authorization);
  named.account = caller.name;
  demandPermission(caller, declared.access.permission);
  const sent = await incoming(running, declared);
  if (!("audit" in declared)) return declared.handle(sent, caller);
  const { requestId } = running;
  const doing = { account: caller.name, action: declared.audit, at: services.now(), requestId };
  const { change, calls } = changeOf(services.store, doing);
  const answer = await declared.handle(sent, caller, change);
  if (calls() !== 1) throw new Error(`${declared.audit} called change ${calls()} times, not once`);
  return answer;
}

const factsOf = ({ request, path }: Asked): BrowserFacts => ({
  path,
  headers: request.headers,
  method: request.method,
  httpVersion: request.httpVersion,
  socket: request.socket,
});

/** A proof is about the whole request: what its address does not take is not passed over. */
function refuseUnexpectedBody({ headers }: IncomingMessage, declared: Route): void {
  const isEmpty = headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
  if (!declared.body && !declared.raw && !isEmpty)
    throw new RollcallError("invalid-request", { detail: "This address takes no body." });
}

/** What a door is not for, and what came to a proxy in the clear. */
function refuseDoor(proxies: Proxies, { access }: Route, { request, door }: Running): void {
  if (door === "devices" && typeof access !== "string")
    throw new RollcallError("not-found", { detail: "There is no such address." });
  const protocol = proxies.includes(request.socket.remoteAddress) && headerOf(request, "x-forwarded-proto");
  if (protocol && protocol.toLowerCase() !== "https") throw new RollcallError("tls-required");
}

/** One request at a time for each installation. */
async function alone(
  busy: Set<number>,
  { ordinal }: Pick<CallingInstallation, "ordinal">,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (busy.has(ordinal)) throw new RollcallError("check-in-running", { retryAfterSeconds: 1 });
  busy.add(ordinal);
  try {
    return await work();
  } finally {
    busy.delete(ordinal);
  }
}

async function incoming(
  { requestId, request, lease, ...asked }: Underway,
  declared: Route,
): Promise<Incoming<unknown, unknown>> {
  const query = parseWith(declared.query ?? noQuery, asked.query);
  const { bytes, body } = await readBody(request, declared, {
    broken: asked.broken,
    pace: asked.pace,
    lease,
  });
  const params = Object.fromEntries(
    Object.entries(asked.params).map(([name, value]) => [name, String(value)]),
  );
  return {
    requestId,
    method: declared.method,
    target: asked.target,
    params,
    query,
    body,
    bytes,
    lease,
    address: asked.address,
    header: (name) => headerOf(request, name),
  };
}
