/** A listener: plain or TLS, to whom it is open, and how it ends without losing what is in flight. */
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { ListenOptions, Socket } from "node:net";
import type { App } from "./http/app.ts";
import type { Shown } from "./identity/certificate.ts";

/** What one connection gets, milliseconds. */
export interface Timeouts {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  readonly connectionsCheckingInterval: number;
}

/** TLS 1.2 only with forward secrecy and authenticated encryption; Node's default is looser. */
const tls = {
  minVersion: "TLSv1.2",
  ciphers: [
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
  ].join(":"),
  handshakeTimeout: 10_000,
} as const satisfies ServerOptions;

export interface ListenerOptions {
  readonly where: ListenOptions;
  readonly timeouts: Timeouts;
  readonly mostSockets: number;
  /** Speaks TLS with it, where there is one. */
  readonly shown: Shown | null;
  /** Whether somebody with this address may speak here; asked before a byte is read. */
  readonly admits: (address: string | undefined) => boolean;
}

export interface Listener {
  /** `http://HOST:PORT` or `https://…` with the port that was taken; null for a local socket. */
  readonly url: string | null;
  /** For connections made from now on; those there are go on. */
  show(shown: Shown): void;
  /** Takes no new connections, lets requests in flight finish, and cuts what is left after `seconds`. */
  finish(seconds: number): Promise<void>;
}

/** Opens one. `opened` is told every connection, as requests name it, before its first request. */
export async function listen(
  app: App,
  { where, timeouts, mostSockets, shown, admits }: ListenerOptions,
  opened: (socket: Socket) => void,
): Promise<Listener> {
  // A request without Host gets its problem from the app.
  const options = { ...timeouts, requireHostHeader: false };
  const secure = shown && createTlsServer({ ...options, ...tls, ...shown }, app.handle);
  const server: Server = secure ?? createServer(options, app.handle);
  server.maxConnections = mostSockets;
  server.on("clientError", app.unreadable);
  // What a request expects besides 100-continue is passed over (RFC 9110, 10.1.1); by default Node would answer itself.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  // A connection that was busy when the server began to stop is not idle then; without this it would stay open.
  server.on("request", (request, response) =>
    response.once("finish", () => {
      if (!server.listening) request.socket.end();
    }),
  );
  const silent = silentSockets(server);
  server.prependListener("connection", (socket: Socket) => {
    if (!admits(socket.remoteAddress)) socket.destroy();
  });
  server.on(secure ? "secureConnection" : "connection", opened);
  await opening(server, where);
  return {
    url: addressOf(server, secure ? "https" : "http"),
    show: (next) => secure?.setSecureContext({ ...tls, ...next }),
    finish: (seconds) => finish(server, silent, seconds),
  };
}

/** Connections on which nothing was said yet, such as a browser opens in advance: they are not idle to Node. */
function silentSockets(server: Server): () => Iterable<Socket> {
  const sockets = new Set<Socket>();
  const add = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  server.on("connection", add);
  server.on("secureConnection", add);
  return () => [...sockets].filter((socket) => socket.bytesRead === 0);
}

function opening(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function addressOf(server: Server, protocol: "http" | "https"): string | null {
  const address = server.address();
  if (address === null || typeof address === "string") return null;
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `${protocol}://${host}:${address.port}`;
}

function finish(server: Server, silent: () => Iterable<Socket>, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), seconds * 1000);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
    for (const socket of silent()) socket.destroy();
  });
}
