/**
 * What keeps web pages of others from using this server through the browser of somebody who may: the name that they
 * reached it by, and where the browser says that a request comes from. What only programs ask is left out: it takes
 * no cookie, and a page that reached it could send nothing that it did not have before.
 */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { RollcallError } from "@rollcall/protocol";
import type { Door } from "./authenticate.ts";

/** For devices, and for what watches the server; both know it by whatever address they are given. */
const forPrograms = /^\/(v1\/.*|healthz|readyz)$/;
const api = /^\/api(\/|$)/i;

/** Whether an address is one that browsers have no part in. */
const isForPrograms = (path: string): boolean => forPrograms.test(path);

/** The request as far as these rules look. */
export interface BrowserFacts extends Pick<IncomingMessage, "headers" | "method" | "httpVersion"> {
  readonly path: string;
  readonly socket: Pick<IncomingMessage["socket"], "localAddress" | "localPort">;
}

/** Why a request is refused before it is looked at any further, or null. `names`: host names that are this server's. */
export function refusalOf(
  request: BrowserFacts,
  door: Door,
  names: ReadonlySet<string>,
): RollcallError | null {
  // RFC 9112, 3.2. Node would refuse it too, but without a word and past the log.
  if (request.headers.host === undefined && request.httpVersion === "1.1")
    return new RollcallError("invalid-request", { detail: "The request names no Host." });
  const isLocalSocket = door === "control-socket" || door === "agent-socket";
  if (isLocalSocket || isForPrograms(request.path)) return null;
  if (!isOwnName(request, names))
    return new RollcallError("host-unknown", {
      detail: "Other names of this server stand in server.hosts of its configuration.",
    });
  return isForeign(request) ? new RollcallError("cross-site") : null;
}

/** The names that are this server's whatever the port: those of the configuration, and that of its public address. */
export function hostNames(configured: string, publicUrl: string | null): ReadonlySet<string> {
  const url = publicUrl === null ? null : URL.parse(publicUrl);
  const names = [...configured.split(","), url?.hostname.replace(/^\[(.*)\]$/, "$1") ?? ""];
  return new Set(names.map((name) => name.trim().toLowerCase()).filter((name) => name !== ""));
}

const hostSyntax = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/;

/** Those that a Host does not name. */
const usualPorts: readonly number[] = [80, 443];

/**
 * Whether the Host is this server: one of its names, or `localhost` or the very address of the connection, with its
 * port. A page cannot make a browser send any of them from a name of its own that leads here (DNS rebinding).
 */
function isOwnName({ headers, socket }: BrowserFacts, names: ReadonlySet<string>): boolean {
  const [, bracketed, plain, port] = hostSyntax.exec(headers.host?.toLowerCase() ?? "") ?? [];
  const name = bracketed ?? plain;
  if (name === undefined) return false;
  if (names.has(name)) return true;
  const address = socket.localAddress?.replace(/^::ffff:/, "");
  const isHere = name === "localhost" || (isIP(name) > 0 && name === address);
  const { localPort = 0 } = socket;
  return isHere && (port === undefined ? usualPorts.includes(localPort) : Number(port) === localPort);
}

function isForeign({ headers, method, path }: BrowserFacts): boolean {
  const site = headers["sec-fetch-site"] ?? "none";
  const isOwn = site === "same-origin" || site === "none";
  if (!isOwn && !isFollowedLink(headers, method, path)) return true;
  return headers.origin !== undefined && URL.parse(headers.origin)?.host !== headers.host?.toLowerCase();
}

/** A person came to a page by a link elsewhere; a page shows nothing that its own requests do not ask for. */
const isFollowedLink = (headers: BrowserFacts["headers"], method: string | undefined, path: string) =>
  method === "GET" &&
  headers["sec-fetch-mode"] === "navigate" &&
  headers["sec-fetch-dest"] === "document" &&
  !api.test(path);
