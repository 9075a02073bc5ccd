/** The assembly: every route with the same steps around it: who calls, what was sent, handle, answer, log. */
import { randomUUID } from "node:crypto";
import { parseWith, RollcallError } from "@rollcall/protocol";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import helmet from "helmet";
import { z } from "zod";
import type { CallingInstallation } from "../accounts/caller.ts";
import { cutAddress, type ServerLog } from "../logs/request-log.ts";
import type { Services } from "../services.ts";
import { callingAccount, callingInstallation, type Door } from "./authenticate.ts";
import { readBody } from "./body.ts";
import { isFault, problemAnswer } from "./problem-answer.ts";
import type { Answer, Incoming, Route } from "./route.ts";
import { routes } from "./routes.ts";

const noQuery = z.record(z.string(), z.unknown());

/** What the log tells of the caller, as far as it is known. */
interface Named {
  device?: number;
  account?: string;
}

export function createApp(services: Services, log: ServerLog, doorOf: (request: Request) => Door): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");
  app.use(
    "/api",
    helmet({
      contentSecurityPolicy: {
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
        useDefaults: false,
      },
    }),
  );
  const busy = new Set<number>();
  for (const declared of routes(services)) {
    const verb = declared.method.toLowerCase() as "get" | "post" | "put" | "delete";
    app[verb](declared.path, (request, response) =>
      answerWith(request, response, declared.path, (named) =>
        run(services, declared, { request, door: doorOf(request), busy, named }),
      ),
    );
  }
  app.use((request: Request, response: Response) =>
    answerWith(request, response, "-", () =>
      Promise.reject(new RollcallError("not-found", { detail: "There is no such address." })),
    ),
  );
  // What fails before a route begins, such as an address that cannot be decoded. Express tells such handlers by
  // their four parameters; its own would answer with a stack trace.
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) =>
    answerWith(request, response, "-", () => Promise.reject(error)),
  );
  return app;

  async function answerWith(
    request: Request,
    response: Response,
    path: string,
    work: (named: Named) => Promise<Answer>,
  ): Promise<void> {
    const started = performance.now();
    const requestId = randomUUID();
    const named: Named = {};
    let answer: Answer;
    try {
      answer = await work(named);
    } catch (error) {
      if (isFault(error)) log.fault(error, requestId);
      answer = problemAnswer(error, requestId, () => services.nonces.give());
      // A body that was not read would be taken for the next request.
      if (!request.complete) response.setHeader("connection", "close");
    }
    send(response, answer, requestId);
    log.request({
      method: request.method,
      route: path,
      status: answer.status,
      durationMilliseconds: Math.round((performance.now() - started) * 10) / 10,
      requestId,
      address: cutAddress(request.socket.remoteAddress),
      ...named,
    });
  }
}

function send(response: Response, { status, body, text, headers }: Answer, requestId: string): void {
  response.status(status).setHeader("x-request-id", requestId);
  const content = text ?? (body === undefined ? "" : JSON.stringify(body));
  response.setHeader("content-type", text === undefined ? "application/json" : "text/plain; charset=utf-8");
  response.setHeader("cache-control", "no-store");
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  response.end(content);
}

interface Running {
  readonly request: Request;
  readonly door: Door;
  /** Installations with a request under way. */
  readonly busy: Set<number>;
  readonly named: Named;
}

async function run(
  services: Services,
  declared: Route,
  { request, door, busy, named }: Running,
): Promise<Answer> {
  const { authorization } = request.headers;
  if (declared.access === "anyone") return declared.handle(await incoming(request, declared));
  if (declared.access === "device") {
    const caller = await callingInstallation(services, authorization);
    named.device = caller.device;
    return alone(busy, caller, async () => declared.handle(await incoming(request, declared), caller));
  }
  const caller = await callingAccount(services, door, authorization, declared.access.permission);
  named.account = caller.name;
  return declared.handle(await incoming(request, declared), caller);
}

/** One request at a time for each installation. */
async function alone(
  busy: Set<number>,
  { ordinal }: CallingInstallation,
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

async function incoming(request: Request, declared: Route): Promise<Incoming<unknown, unknown>> {
  const query = parseWith(declared.query ?? noQuery, request.query);
  const { bytes, body } = await readBody(request, declared.body);
  const params = Object.fromEntries(
    Object.entries(request.params).map(([name, value]) => [name, String(value)]),
  );
  return {
    method: declared.method,
    target: request.originalUrl,
    params,
    query,
    body,
    bytes,
    header: (name) => request.get(name),
  };
}
