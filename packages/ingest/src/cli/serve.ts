/** `rollcall serve`: the server in the foreground, until it is asked to end. */
import { exitCodes } from "@rollcall/host";
import type { Command } from "commander";
import { DirectoryInUse } from "../store/data-directory.ts";
import { type Context, dataDirectory } from "./context.ts";
import { CommandFailure, notYet, wrongUsage } from "./failure.ts";
import { isLoopback } from "./loopback.ts";

const defaultListen = "127.0.0.1:8080";

/** `HOST:PORT` on loopback. Other addresses come with TLS. */
function readListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:]+)):(\d{1,5})$/i.exec(text);
  const [host, port] = [match?.[1] ?? match?.[2], Number(match?.[3])];
  if (host === undefined || !(port <= 65_535)) throw wrongUsage(`--listen takes HOST:PORT, not ${text}`);
  if (!isLoopback(host))
    throw new CommandFailure(
      `not yet: --listen ${text} would open the server to other machines, which needs TLS; use 127.0.0.1`,
    );
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
    .action(({ listen, ...others }: { listen: string }) => {
      const [later] = Object.keys(others);
      if (later !== undefined)
        throw notYet(`--${later.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
      return serve(contextOf(), listen);
    });
}

async function serve(
  { account: operator, now, output, ...context }: Context,
  typedListen: string,
): Promise<void> {
  const listen = readListen(typedListen);
  const asked = context.asked();
  const directory = dataDirectory(context);
  const { startServer } = await import("../server.ts");
  const server = await startServer({ directory, listen, operator, now }).catch((error: unknown) => {
    throw asFailure(error, directory, typedListen);
  });
  output.line(`Rollcall listens on ${server.url}, data in ${server.directory}`);
  output.json({ url: server.url, directory: server.directory, server: server.id });
  await asked;
  await server.stop();
}

/** Why it does not start, with what to do. */
function asFailure(error: unknown, directory: string, listen: string): CommandFailure {
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
  return new CommandFailure(
    `${listen} ${why}; choose another port or address (data: ${directory})`,
    exitCodes.failed,
    error,
  );
}
