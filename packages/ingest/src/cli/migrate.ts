/** `rollcall migrate`: carries what the server keeps from one database into another, while no server runs. */
import type { Command } from "commander";
import type { Carried } from "../store/carry-over.ts";
import { ownDataDirectory } from "../store/data-directory.ts";
import { type Context, dataDirectory } from "./context.ts";
import { CommandFailure, wrongUsage } from "./failure.ts";

interface Flags {
  readonly from: string;
  readonly to: string;
}

export function addMigrate(program: Command, contextOf: () => Context): void {
  program
    .command("migrate")
    .description("carry everything from one database into another, empty one; run again where it was ended")
    .requiredOption("--from <PLACE>", "`sqlite` (the file in the data directory) or postgres://…")
    .requiredOption("--to <PLACE>", "the same")
    .action((flags: Flags) => migrate(contextOf(), flags));
}

async function migrate(context: Context, { from, to }: Flags): Promise<void> {
  for (const place of [from, to])
    if (place !== "sqlite" && !/^postgres(ql)?:/.test(place))
      throw wrongUsage(`migrate goes from and to sqlite or postgres://…, not ${place}`);
  if (from === to) throw wrongUsage("--from and --to name the same database");
  const directory = ownDataDirectory(dataDirectory(context));
  try {
    const place = (named: string) => (named === "sqlite" ? directory.database : named);
    await carry(place(from), place(to), (carried) => tell(context, carried));
  } catch (cause) {
    throw new CommandFailure(cause instanceof Error ? cause.message : String(cause), undefined, cause);
  } finally {
    directory.release();
  }
  context.output.line(
    to === "sqlite"
      ? "Everything is in the data directory."
      : "Start the server with --database from now on.",
  );
}

async function carry(from: string, to: string, tellOf: (carried: Carried) => void): Promise<void> {
  const { openForMigration } = await import("../store/open-for-migration.ts");
  const { carryOver } = await import("../store/carry-over.ts");
  const source = await openForMigration(from);
  try {
    const target = await openForMigration(to);
    try {
      await carryOver(source, target, tellOf);
    } finally {
      await target.destroy();
    }
  } finally {
    await source.destroy();
  }
}

function tell({ output }: Context, { table, rows, digest }: Carried): void {
  output.json({ table, rows, digest });
  output.line(`${table}: ${rows} rows, ${digest}`);
}
