/** `rollcall serve`: the server in the foreground, until it is asked to end. */
import { exitCodes } from "@rollcall/terminal";
import type { Command } from "commander";
import { startServer } from "../server.ts";
import { CommandFailure } from "./client.ts";
import { type Context, dataDirectory } from "./context.ts";

const defaultListen = "127.0.0.1:8080";

/** `HOST:PORT` on loopback. Other addresses come with TLS. */
export function readListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:]+)):(\d{1,5})$/i.exec(text);
  const [host, port] = [match?.[1] ?? match?.[2], Number(match?.[3])];
  if (host === undefined || !(port <= 65_535))
    throw new CommandFailure(`--listen takes HOST:PORT, not ${text}`, exitCodes.usage);
  if (!/^(127(\.\d{1,3}){3}|::1|localhost)$/i.test(host)) {
    throw new CommandFailure(
      `not yet: --listen ${text} would open the server to other machines, which needs TLS; use 127.0.0.1`,
      exitCodes.failed,
    );
  }
  return { host, port };
}

export function addServe(program: Command, contextOf: () => Context): void {
  program
    .command("serve")
    .description("run the server")
    .option("--listen <HOST:PORT>", "address of the page and the API", defaultListen)
    .option("--public-url <URL>", "not yet")
    .option("--listen-admin <HOST:PORT>", "not yet")
    .option("--behind-proxy <LIST>", "not yet")
    .option("--tls-cert <FILE>", "not yet")
    .option("--tls-key <FILE>", "not yet")
    .option("--database <URL>", "not yet")
    .action(async ({ listen, ...others }: { listen: string }) =>
      serve(contextOf(), listen, Object.keys(others)),
    );
}

async function serve(context: Context, listen: string, later: readonly string[]): Promise<void> {
  if (later.length > 0)
    throw new CommandFailure(
      `not yet: --${later[0]?.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    );
  const where = readListen(listen);
  const directory = dataDirectory(context);
  const server = await startServer({
    directory,
    listen: where,
    operator: context.account,
    now: context.now,
  }).catch((error: unknown) => {
    throw asFailure(error, directory, listen);
  });
  context.output.line(`Rollcall listens on ${server.url}, data in ${server.directory}`);
  context.output.json({ url: server.url, directory: server.directory, server: server.id });
  await context.asked;
  await server.stop();
}

function asFailure(error: unknown, directory: string, listen: string): CommandFailure {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return new CommandFailure(
      `${listen} is taken by another program; choose another port with --listen`,
      exitCodes.failed,
      error,
    );
  const reason = error instanceof Error ? error.message : String(error);
  return new CommandFailure(
    reason.includes(directory) ? reason : `${directory}: ${reason}`,
    exitCodes.failed,
    error,
  );
}
