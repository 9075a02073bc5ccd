/** A request as the steps of the assembly look at it, whether Express found its route or its address alone did. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Request, Response } from "express";

export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: unknown;
  /** Where it came from, as far as a named proxy's word is believed; undefined through a local socket. */
  readonly address: string | undefined;
}

export const throughExpress = (request: Request, response: Response): Asked => ({
  request,
  response,
  path: request.path,
  target: request.originalUrl,
  params: request.params,
  query: request.query,
  address: request.ip,
});

const nothing = Object.freeze({});

/** One whose whole address is that of a route, and which comes from no proxy. */
export const byAddress = (request: IncomingMessage, response: ServerResponse, path: string): Asked => ({
  request,
  response,
  path,
  target: path,
  params: nothing,
  query: nothing,
  address: request.socket.remoteAddress,
});

/** One value of a header, undefined where there is none. */
export function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(", ") : value;
}
