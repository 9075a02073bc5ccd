/** `rollcall reindex`: the index made anew from what is stored, while the present one goes on answering. */
import type { Command } from "commander";
import { reindexed } from "../search/reindex.ts";
import { withApi } from "./client.ts";
import { type Context, remoteServer } from "./context.ts";
import { wrongUsage } from "./failure.ts";

export function addReindex(program: Command, contextOf: () => Context): void {
  program
    .command("reindex")
    .description("make the search index anew from what is stored; questions are answered meanwhile")
    .action(() => run(contextOf()));
}

async function run(context: Context): Promise<void> {
  if (remoteServer(context) !== null)
    throw wrongUsage("the index is made anew on the server's own machine; unset ROLLCALL_URL there");
  const { output } = context;
  output.note("The index is being made anew; that takes some minutes for a million devices.");
  const answer = await withApi(context, (api) =>
    api({ method: "POST", path: "/api/v1/reindex", body: {}, answer: reindexed }),
  );
  output.json(answer);
  output.line(`The index was made anew; it has ${answer.devices} devices.`);
}
