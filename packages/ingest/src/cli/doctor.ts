/** `rollcall doctor`: whether everything is well with a data directory, and what to do where it is not. */
import { existsSync } from "node:fs";
import { exitCodes, withSocketPath } from "@rollcall/host";
import type { Command } from "commander";
import type { Finding } from "../doctor/finding.ts";
import { pathsIn } from "../store/data-directory.ts";
import { type Context, dataDirectory, remoteServer } from "./context.ts";
import { databaseUrl } from "./database-place.ts";
import { CommandFailure, wrongUsage } from "./failure.ts";
import { HttpClient } from "./http-client.ts";

export function addDoctor(program: Command, contextOf: () => Context): void {
  program
    .command("doctor")
    .description("look whether everything is well, and tell what to do where it is not; ends with 1 then")
    .option("--full", "every page and index of the files, which takes its time")
    .option("--database <URL>", "ask this PostgreSQL, too; else the one that the configuration names")
    .action((options: Options) => doctor(contextOf(), options));
}

interface Options {
  readonly full?: true;
  readonly database?: string;
}

async function doctor(context: Context, { full, database }: Options): Promise<void> {
  if (remoteServer(context) !== null)
    throw wrongUsage("the doctor looks at the server's own machine; unset ROLLCALL_URL there");
  const { output, now } = context;
  const directory = dataDirectory(context);
  if (!existsSync(directory))
    throw new CommandFailure(
      `there is no data directory ${directory}; name another one with --data`,
      exitCodes.notReached,
    );
  // A wrong configuration is a finding of its own.
  const url = databaseUrl(directory, database);
  const { examine } = await import("../doctor/examine.ts");
  const tell = (finding: Finding) => {
    const { check, state, found, todo } = finding;
    output.json(finding);
    output.line(`${state.padEnd(5)}${check.padEnd(15)}${found}${todo === null ? "" : `; ${todo}`}`);
    return finding;
  };
  const findings = [tell(await examineServer(directory))];
  for await (const finding of examine({ directory, now: now(), full: full === true }, url))
    findings.push(tell(finding));
  const failed = findings.filter(({ state }) => state === "fail").map(({ check }) => check);
  if (failed.length > 0) throw new CommandFailure(`not well: ${failed.join(", ")}`);
}

/** Whether a server runs and is well; none is no fault. */
async function examineServer(directory: string): Promise<Finding> {
  const check = "server";
  const quiet: Finding = { check, state: "ok", found: "none runs on this directory", todo: null };
  const { controlSocket } = pathsIn(directory);
  if (!existsSync(controlSocket)) return quiet;
  return withSocketPath(controlSocket, async (socketPath) => {
    const client = await HttpClient.to(socketPath);
    try {
      const { status } = await client.request({ method: "GET", path: "/readyz" });
      if (status === 200) return { check, state: "ok", found: "it runs and is ready", todo: null };
      const todo = "see the last lines of requests.log";
      return { check, state: "fail", found: `it runs and answers ${status}`, todo };
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "ECONNREFUSED" || code === "ENOENT") return quiet;
      return {
        check,
        state: "fail",
        found: `it does not answer (${String(code)})`,
        todo: "end it and start it again",
      };
    } finally {
      client.close();
    }
  });
}
