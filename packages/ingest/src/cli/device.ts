/** `rollcall device`: one device by a name, and what will be done with one. */
import type { Command } from "commander";
import { z } from "zod";
import { withApi } from "./client.ts";
import type { Context } from "./context.ts";
import { sectionsAsOf, showHistory } from "./device-history.ts";
import { idOf } from "./device-name.ts";
import { CommandFailure, wrongUsage } from "./failure.ts";
import { addLater } from "./later.ts";
import { addMerging } from "./merge.ts";
import { addSetting } from "./set-device.ts";
import { showDevice } from "./show-device.ts";
import { readTime } from "./typed-values.ts";

const ids = z.array(z.string());
const note = z.looseObject({
  kind: z.string(),
  from: z.string().nullish(),
  others: ids.optional(),
  with: ids.optional(),
  living: ids.optional(),
});
const deviceWhole = z.looseObject({
  notes: z.array(note),
  possibleDuplicates: ids,
  id: z.string(),
  sections: z.record(z.string(), z.looseObject({ status: z.string(), document: z.unknown().optional() })),
});

/** What is told of a device at another time than now are its sections. */
const noFacts = { notes: [], possibleDuplicates: [] };

interface DeviceOptions {
  readonly section?: string;
  readonly history?: true;
  readonly at?: string;
}

export function addDevice(program: Command, contextOf: () => Context): void {
  const device = program
    .command("device <NAME>")
    .description("one device by id, beginning of an id, host name or serial number")
    .option("--section <S>", "only this section")
    .option("--history", "instead: when it changed, and what was added, removed and changed")
    .option("--at <TIME>", "its sections as they were: 2026-01-31, 2026-01-31T12:00:00Z, or 7d ago as 7d")
    .action((name: string, options: DeviceOptions) => show(contextOf(), name, options));
  device
    .command("retire <NAME>")
    .description("end a device's check-ins; it stays listed")
    .option("--undo", "let it check in again")
    .action((name: string, options: { undo?: true }) => retire(contextOf(), name, options));
  device
    .command("delete <NAME>")
    .description("delete a device with everything that is kept of it, for good")
    .option("--yes", "do it; without this it is only said which device would go")
    .action((name: string, options: { yes?: true }) => deleteDevice(contextOf(), name, options));
  addMerging(device, contextOf);
  addSetting(device, contextOf);
  addLater(device, "refresh");
}

async function show(context: Context, name: string, { section, history, at }: DeviceOptions): Promise<void> {
  if (history && at !== undefined) throw wrongUsage("--history and --at do not go together");
  if (history)
    return withApi(context, async (api) =>
      showHistory(api, context.output, { id: await idOf(api, name), section }),
    );
  const time = at === undefined ? undefined : readTime(at, context.now());
  const device = await withApi(context, async (api) => {
    const id = await idOf(api, name);
    if (time !== undefined) return { ...noFacts, id, ...(await sectionsAsOf(api, id, time)) };
    return api({ method: "GET", path: `/api/v1/devices/${id}`, answer: deviceWhole });
  });
  if (section !== undefined && !Object.hasOwn(device.sections, section)) {
    const there = Object.keys(device.sections).join(", ");
    throw new CommandFailure(
      `${name} has no section ${section}${at === undefined ? "" : " of that time"}; it has ${there || "none"}`,
    );
  }
  showDevice(context.output, device, section);
}

const retired = z.object({ retired: z.boolean() });

async function retire(context: Context, name: string, { undo }: { readonly undo?: true }): Promise<void> {
  const { id, answer } = await withApi(context, async (api) => {
    const id = await idOf(api, name);
    const path = `/api/v1/devices/${id}/retire`;
    return { id, answer: await api({ method: undo ? "DELETE" : "POST", path, answer: retired }) };
  });
  context.output.json({ id, ...answer });
  context.output.line(
    answer.retired
      ? `${id} is retired: its next check-in is refused. rollcall device retire ${id} --undo takes it back.`
      : `${id} may check in again.`,
  );
}

const deleted = z.object({ deleted: z.boolean(), removed: z.record(z.string(), z.int()) });

async function deleteDevice(context: Context, name: string, { yes }: { readonly yes?: true }): Promise<void> {
  const { id, answer } = await withApi(context, async (api) => {
    const id = await idOf(api, name);
    const asked = name === id ? id : `${name} (${id})`;
    if (!yes) throw wrongUsage(`to delete ${asked} with everything that is kept of it, for good, say --yes`);
    return { id, answer: await api({ method: "DELETE", path: `/api/v1/devices/${id}`, answer: deleted }) };
  });
  context.output.json({ id, ...answer });
  context.output.line(`${id} is deleted, and nothing of it is left in the server's files.`);
}
