/** `rollcall retention run`: what is kept longer than it may be goes now, instead of within a day. */
import type { Command } from "commander";
import { z } from "zod";
import { withApi } from "./client.ts";
import { type Context, remoteServer } from "./context.ts";
import { wrongUsage } from "./failure.ts";

const rows = z.record(z.string(), z.int());
const due = z.object({ due: rows });
const done = z.object({ removed: rows });
const path = "/api/v1/retention";

export function addRetention(program: Command, contextOf: () => Context): void {
  program
    .command("retention")
    .description("how long things are kept; the server sees to it once a day by itself")
    .command("run")
    .description("remove now what is older than the configuration allows")
    .option("--dry-run", "only tell what would go")
    .action((options: { dryRun?: true }) => run(contextOf(), options.dryRun === true));
}

async function run(context: Context, dryRun: boolean): Promise<void> {
  if (remoteServer(context) !== null)
    throw wrongUsage("retention is run on the server's own machine; unset ROLLCALL_URL there");
  const { output } = context;
  const answer = await withApi(
    context,
    async (api): Promise<z.infer<typeof due> | z.infer<typeof done>> =>
      dryRun
        ? await api({ method: "GET", path, answer: due })
        : await api({ method: "POST", path, body: {}, answer: done }),
  );
  output.json(answer);
  const counted = Object.entries("due" in answer ? answer.due : answer.removed);
  const verb = dryRun ? "would go" : "removed";
  if (counted.length === 0) output.line(dryRun ? "Nothing would go." : "Nothing was too old.");
  for (const [table, count] of counted) output.line(`${table}: ${count} ${verb}`);
}
