/** `rollcall device merge` and `split`: devices that are one, and back. */
import { deviceIdSchema } from "@rollcall/protocol";
import type { Command } from "commander";
import { z } from "zod";
import { type Api, withApi } from "./client.ts";
import type { Context } from "./context.ts";
import { idOf } from "./device-name.ts";
import { wrongUsage } from "./failure.ts";

const merged = z.object({ id: z.string(), merged: z.array(z.string()), undoUntil: z.string() });
const taken = z.object({ id: z.string(), split: z.array(z.string()) });

export function addMerging(device: Command, contextOf: () => Context): void {
  device
    .command("merge <NAME...>")
    .description("make devices one: the earliest record, with the installation that checked in last")
    .action((names: string[]) => merge(contextOf(), names));
  device
    .command("split <NAME>")
    .description("undo the latest merge of a device; for 30 days")
    .action((name: string) => split(contextOf(), name));
}

async function merge(context: Context, names: readonly string[]): Promise<void> {
  const [first, ...others] = names;
  if (first === undefined || others.length === 0)
    throw wrongUsage("merge takes the names of two devices or more");
  const done = await withApi(context, async (api) => {
    const [id = "", ...ids] = await Promise.all(names.map((name) => namedOrKept(api, name)));
    return api({ method: "POST", path: `/api/v1/devices/${id}/merge`, body: { with: ids }, answer: merged });
  });
  context.output.json(done);
  context.output.line(
    `${done.id} goes on for ${done.merged.join(", ")}. rollcall device split ${done.id} undoes it until ${done.undoUntil}.`,
  );
}

async function split(context: Context, name: string): Promise<void> {
  const done = await withApi(context, async (api) => {
    const id = await idOf(api, name);
    return api({ method: "POST", path: `/api/v1/devices/${id}/split`, answer: taken });
  });
  context.output.json(done);
  context.output.line(`${done.id} and ${done.split.join(", ")} are devices of their own again.`);
}

/** A device that was copied is listed no more; the note on its copies has its whole id. */
function namedOrKept(api: Api, name: string): Promise<string> {
  return deviceIdSchema.safeParse(name).success ? Promise.resolve(name) : idOf(api, name);
}
