/** `rollcall-agent my lookups`: who looked at this device's data. */
import { type ExitCode, exitCodes } from "@rollcall/host";
import type { Context } from "./context.ts";
import { askOwn } from "./own-server.ts";

const inWords = { list: "found it among others", record: "read everything of it" } as const;

export async function lookupsCommand(context: Context): Promise<ExitCode> {
  const { output } = context;
  const { items } = await askOwn(context, (api) => api.lookups());
  output.json({ items });
  if (items.length === 0) output.line("Nobody has looked at this device's data.");
  else
    output.table(items, [
      { title: "AT", value: ({ at }) => at },
      { title: "BY", value: ({ by }) => by },
      { title: "WHAT", value: ({ what }) => inWords[what] },
      { title: "PURPOSE", value: ({ purpose }) => purpose },
      { title: "TIMES", value: ({ times }) => times },
    ]);
  return exitCodes.done;
}
