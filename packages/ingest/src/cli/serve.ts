/** `rollcall serve`: the server in the foreground, until it is asked to end. */
import { exitCodes } from "@rollcall/host";
import type { Command } from "commander";
import { readProxies } from "../http/proxies.ts";
import type { NetworkOptions, Place } from "../network.ts";
import { DirectoryInUse } from "../store/data-directory.ts";
import { type Context, dataDirectory } from "./context.ts";
import { CommandFailure, wrongUsage } from "./failure.ts";

const defaultListen = "127.0.0.1:8080";

interface Flags {
  readonly listen: string;
  readonly listenAdmin?: string;
  readonly publicUrl?: string;
  readonly behindProxy?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly database?: string;
}

/** `HOST:PORT`. */
function readPlace(flag: string, text: string): Place {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:]+)):(\d{1,5})$/i.exec(text);
  const [host, port] = [match?.[1] ?? match?.[2], Number(match?.[3])];
  if (host === undefined || !(port <= 65_535)) throw wrongUsage(`${flag} takes HOST:PORT, not ${text}`);
  return { host, port };
}

/** What an agent takes for a server's address: `https://HOST[:PORT]`. */
function readPublicUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== "https:" || `${url.origin}/` !== url.href)
    throw wrongUsage(`--public-url takes https://HOST[:PORT], not ${text}`);
  return url.origin;
}

/** Throws where it is no PostgreSQL's. */
export function readDatabaseUrl(text: string): string {
  const protocol = URL.parse(text)?.protocol;
  if (protocol !== "postgres:" && protocol !== "postgresql:")
    throw wrongUsage("--database takes postgres://USER@HOST[:PORT]/DATABASE");
  return text;
}

function readProxyList(text: string): string[] {
  const list = text.split(",").map((each) => each.trim());
  try {
    readProxies(list);
  } catch (error) {
    throw wrongUsage(`--behind-proxy: ${error instanceof Error ? error.message : String(error)}`);
  }
  return list;
}

function readNetwork(flags: Flags): NetworkOptions {
  const { listen, listenAdmin, publicUrl, behindProxy, tlsCert, tlsKey } = flags;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw wrongUsage("--tls-cert and --tls-key belong together");
  return {
    listen: readPlace("--listen", listen),
    ...(listenAdmin === undefined ? {} : { listenAdmin: readPlace("--listen-admin", listenAdmin) }),
    ...(publicUrl === undefined ? {} : { publicUrl: readPublicUrl(publicUrl) }),
    ...(behindProxy === undefined ? {} : { proxies: readProxyList(behindProxy) }),
    ...(tlsCert === undefined || tlsKey === undefined ? {} : { certificate: { cert: tlsCert, key: tlsKey } }),
  };
}

export function addServe(program: Command, contextOf: () => Context): void {
  program
    .command("serve")
    .description("run the server; what other machines can reach speaks TLS")
    .option("--listen <HOST:PORT>", "address for devices, the page and the API", defaultListen)
    .option("--listen-admin <HOST:PORT>", "address for the page and the API, which --listen then has not")
    .option("--public-url <URL>", "https://HOST[:PORT] by which other machines reach it")
    .option("--tls-cert <FILE>", "certificate and its chain, PEM; else it makes its own")
    .option("--tls-key <FILE>", "key of that certificate, PEM")
    .option(
      "--behind-proxy <LIST>",
      "addresses or networks of the proxies that speak TLS in its place; their X-Forwarded-For and -Proto are believed",
    )
    .option("--database <URL>", "postgres://USER@HOST[:PORT]/DATABASE; else a file in the data directory")
    .action((flags: Flags) => serve(contextOf(), readNetwork(flags), flags));
}

async function serve(
  { account: operator, now, output, ...context }: Context,
  network: NetworkOptions,
  typed: Flags,
): Promise<void> {
  const asked = context.asked();
  const directory = dataDirectory(context);
  const database = typed.database === undefined ? {} : { database: readDatabaseUrl(typed.database) };
  const { startServer } = await import("../server.ts");
  const server = await startServer({ directory, ...network, ...database, operator, now }).catch(
    (error: unknown) => {
      throw asFailure(error, directory, typed);
    },
  );
  const { url, adminUrl, publicUrl } = server;
  output.line(`Rollcall listens on ${url}, data in ${server.directory}`);
  if (adminUrl !== null) output.line(`Its page and API are on ${adminUrl}`);
  output.json({
    url,
    directory: server.directory,
    server: server.id,
    ...(adminUrl === null ? {} : { adminUrl }),
    ...(publicUrl === null ? {} : { publicUrl }),
  });
  await asked;
  await server.stop();
}

/** Why it does not start, with what to do. */
function asFailure(error: unknown, directory: string, { listen, listenAdmin }: Flags): CommandFailure {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof DirectoryInUse)
    return new CommandFailure(
      `${reason}; end that one, or name another directory with --data`,
      exitCodes.notReached,
      error,
    );
  const isListening = error instanceof Error && "syscall" in error && error.syscall === "listen";
  const code = isListening && "code" in error ? error.code : undefined;
  if (code === undefined)
    return new CommandFailure(
      reason.includes(directory) ? reason : `${directory}: ${reason}`,
      exitCodes.failed,
      error,
    );
  const why = code === "EADDRINUSE" ? "is taken by another program" : `cannot be opened (${code})`;
  const which = listenAdmin === undefined ? listen : `${listen} or ${listenAdmin}`;
  return new CommandFailure(
    `${which} ${why}; choose another port or address (data: ${directory})`,
    exitCodes.failed,
    error,
  );
}
