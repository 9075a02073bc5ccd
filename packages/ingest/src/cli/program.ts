/** The command tree of `rollcall`. */
import { exitCodes } from "@rollcall/terminal";
import { Command } from "commander";
import { CommandFailure } from "./client.ts";
import type { Context } from "./context.ts";
import { addInventoryCommands } from "./inventory.ts";
import { addServe } from "./serve.ts";
import { addTokenCommands } from "./tokens.ts";

/** Commands of the contract that are not there yet. They say so and fail, rather than being unknown. */
const later = [
  "group",
  "tag",
  "search",
  "changes",
  "complete",
  "import",
  "export",
  "sign-in-link",
  "log",
  "audit",
  "backup",
  "restore",
  "retention",
  "reindex",
  "migrate",
  "doctor",
  "config",
  "release",
  "rollout",
  "action",
  "privacy-policy",
  "data-request",
  "trends",
  "account",
];

export function createProgram(version: string, contextOf: () => Context): Command {
  const program = new Command("rollcall")
    .description("The server, and the inventory that it keeps.")
    .version(version)
    .option("--data <DIR>", "data directory (ROLLCALL_DATA; else ./data if there, else /var/lib/rollcall)")
    .option("--json", "answer in JSON, lists as one object a line")
    .option("--quiet", "no remarks on stderr")
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .showHelpAfterError("(--help tells what there is)");
  addServe(program, contextOf);
  addTokenCommands(program, contextOf);
  addInventoryCommands(program, contextOf);
  for (const name of later) addLater(program, name);
  return program;
}

function addLater(program: Command, name: string): void {
  program
    .command(name, { hidden: true })
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw new CommandFailure(`rollcall ${name}: not yet`, exitCodes.failed);
    });
}
