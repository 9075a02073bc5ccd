/** The command tree of `rollcall`. */
import { wrongUsageInOneLine } from "@rollcall/host";
import { Command } from "commander";
import { addAudit } from "./audit.ts";
import { addBackup } from "./backup.ts";
import { addChanges } from "./changes.ts";
import { addConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { addDevice } from "./device.ts";
import { addDoctor } from "./doctor.ts";
import { addInventoryCommands } from "./inventory.ts";
import { addKeys } from "./keys.ts";
import { addLaterCommands } from "./later.ts";
import { addMigrate } from "./migrate.ts";
import { addReindex } from "./reindex.ts";
import { addRetention } from "./retention.ts";
import { addServe } from "./serve.ts";
import { addTokenCommands } from "./tokens.ts";

export interface ProgramOptions {
  readonly version: string;
  readonly contextOf: () => Context;
  /** For help, which is commander's. */
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Takes what commander has to say of wrong usage, in one line. */
  readonly tellWrongUsage: (message: string) => void;
}

export function createProgram(options: ProgramOptions): Command {
  const { version, contextOf, stdout, stderr, tellWrongUsage } = options;
  const program = new Command("rollcall")
    .description("The server, and the inventory that it keeps.")
    .version(version, "--version")
    .option("--data <DIR>", "data directory (ROLLCALL_DATA; else ./data if there, else /var/lib/rollcall)")
    .option("--json", "answer in JSON, lists as one object a line")
    .option("--quiet", "no remarks on stderr")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (message) => tellWrongUsage(wrongUsageInOneLine(message)),
    })
    .showSuggestionAfterError();
  addServe(program, contextOf);
  addTokenCommands(program, contextOf);
  addInventoryCommands(program, contextOf);
  addChanges(program, contextOf);
  addDevice(program, contextOf);
  addConfig(program, contextOf);
  addAudit(program, contextOf);
  addKeys(program, contextOf);
  addRetention(program, contextOf);
  addReindex(program, contextOf);
  addMigrate(program, contextOf);
  addBackup(program, contextOf);
  addDoctor(program, contextOf);
  addLaterCommands(program);
  return program;
}
