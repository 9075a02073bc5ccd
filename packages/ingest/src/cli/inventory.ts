/** `rollcall devices`, `device`, `software` and `facets`: questions to the inventory. */
import { type Column, exitCodes } from "@rollcall/terminal";
import type { Command } from "commander";
import { z } from "zod";
import { type Api, CommandFailure, withApi } from "./client.ts";
import type { Context } from "./context.ts";
import { readCount } from "./durations.ts";
import { showDevice } from "./show-device.ts";

const deviceItem = z.looseObject({
  id: z.string(),
  hostname: z.string().nullable(),
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  os: z.object({ name: z.string().nullable(), version: z.string().nullable() }),
  groups: z.array(z.string()),
  state: z.string(),
  lastSeenAt: z.string(),
});
type DeviceItem = z.infer<typeof deviceItem>;
const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable().optional(), total: z.int().optional() });
const devicePage = page(deviceItem);
const titlePage = page(
  z.object({ source: z.string(), name: z.string(), version: z.string(), devices: z.int() }),
);
const facetPage = page(z.object({ value: z.union([z.string(), z.number()]), devices: z.int() }));
export const deviceWhole = z.looseObject({
  id: z.string(),
  hostname: z.string().nullable(),
  sections: z.record(z.string(), z.looseObject({ status: z.string(), document: z.unknown() })),
});

/** Columns that `--columns` can name, with how each is told in one cell. */
const deviceColumns: Readonly<Record<string, (device: DeviceItem) => string | null>> = {
  id: ({ id }) => id,
  hostname: ({ hostname }) => hostname,
  manufacturer: ({ manufacturer }) => manufacturer,
  model: ({ model }) => model,
  serial: ({ serial }) => serial,
  os: ({ os }) => os.name,
  "os.version": ({ os }) => os.version,
  groups: ({ groups }) => groups.join(" "),
  state: ({ state }) => state,
  lastSeenAt: ({ lastSeenAt }) => lastSeenAt,
};
const usualColumns = [
  "hostname",
  "os",
  "os.version",
  "manufacturer",
  "model",
  "groups",
  "state",
  "lastSeenAt",
  "id",
];

/** What a person is shown when no limit was asked for. */
const usualRows = 100;

interface ListOptions {
  readonly limit?: string;
  readonly sort?: string;
  readonly ids?: true;
  readonly count?: true;
  readonly csv?: true;
  readonly columns?: string;
}

export function addInventoryCommands(program: Command, contextOf: () => Context): void {
  program
    .command("devices [QUERY...]")
    .description("devices that a query finds, such as: os:debian memory:>8GiB software:openssl")
    .option("--limit <N>", "this many at most (default: 100 for people, all with --json, --csv and --ids)")
    .option("--sort <ORDER>", "enrolled, hostname or lastSeenAt; -hostname turns it round")
    .option("--ids", "ids only")
    .option("--count", "only how many there are")
    .option("--csv", "as CSV")
    .option("--columns <A,B>", `columns: ${Object.keys(deviceColumns).join(", ")}`)
    .action(async (query: string[], options: ListOptions) =>
      listDevices(contextOf(), query.join(" "), options),
    );
  addDevice(program, contextOf);
  program
    .command("software [QUERY...]")
    .description("software titles with their versions and how many devices have them")
    .option("--devices <QUERY>", "only on devices that this query finds", "")
    .option("--limit <N>", "this many at most")
    .action(async (query: string[], { devices, limit }: { devices: string; limit?: string }) =>
      listSoftware(contextOf(), query.join(" "), devices, limit),
    );
  program
    .command("facets <FIELD> [QUERY...]")
    .description("the values of a field and how many devices have each")
    .option("--limit <N>", "this many at most")
    .action(async (field: string, query: string[], { limit }: { limit?: string }) => {
      const context = contextOf();
      const asked = { field, q: query.join(" "), limit: limit === undefined ? undefined : readCount(limit) };
      const { items } = await withApi(context, (api) =>
        api({ method: "GET", path: "/api/v1/facets", query: asked, answer: facetPage }),
      );
      context.output.table(items, [
        { title: field, value: ({ value }) => String(value) },
        { title: "devices", value: ({ devices }) => String(devices), align: "right" },
      ]);
      for (const item of items) context.output.json(item);
    });
}

function addDevice(program: Command, contextOf: () => Context): void {
  const later = ["set", "refresh", "retire", "delete", "merge", "split"];
  program
    .command("device <NAME> [MORE...]")
    .description("one device by id, beginning of an id, host name or serial number")
    .option("--section <S>", "only this section")
    .option("--history", "not yet")
    .option("--at <TIME>", "not yet")
    .action(
      async (
        name: string,
        more: string[],
        { section, history, at }: { section?: string; history?: true; at?: string },
      ) => {
        if (later.includes(name)) throw new CommandFailure(`rollcall device ${name}: not yet`);
        if (history || at !== undefined)
          throw new CommandFailure(`rollcall device ${history ? "--history" : "--at"}: not yet`);
        if (more.length > 0)
          throw new CommandFailure(`one device at a time; unexpected: ${more.join(" ")}`, exitCodes.usage);
        const context = contextOf();
        const device = await withApi(context, async (api) => {
          const id = await idOf(api, name);
          return api({ method: "GET", path: `/api/v1/devices/${id}`, answer: deviceWhole });
        });
        if (section !== undefined && !Object.hasOwn(device.sections, section)) {
          throw new CommandFailure(
            `${name} has no section ${section}; it has ${Object.keys(device.sections).join(", ")}`,
          );
        }
        showDevice(context.output, device, section);
      },
    );
}

/** The id that a typed name means; several are listed. */
async function idOf(api: Api, name: string): Promise<string> {
  const { items } = await api({
    method: "GET",
    path: "/api/v1/devices-named",
    query: { name },
    answer: devicePage,
  });
  const [first, ...others] = items;
  if (!first) throw new CommandFailure(`no device is named ${name}`);
  if (others.length === 0) return first.id;
  const which = items.map(({ id, hostname }) => `${id} (${hostname ?? "no host name"})`);
  throw new CommandFailure(`${name} may mean ${which.join(", ")}; name one by its id`);
}

async function listDevices(context: Context, q: string, options: ListOptions): Promise<void> {
  const { output } = context;
  const columns = readColumns(options.columns);
  const forPeople = !options.ids && !options.csv && !context.output.isJson;
  const limit =
    options.limit === undefined
      ? forPeople
        ? usualRows
        : Number.POSITIVE_INFINITY
      : readCount(options.limit);
  await withApi(context, async (api) => {
    if (options.count) {
      const { total = 0 } = await api({
        method: "GET",
        path: "/api/v1/devices",
        query: { q, limit: 1 },
        answer: devicePage,
      });
      output.line(String(total));
      output.json({ total });
      return;
    }
    const shown: DeviceItem[] = [];
    let total = 0;
    if (options.csv) output.line(csvLine(columns));
    for await (const { items, total: all } of devicePages(api, { q, sort: options.sort, limit })) {
      total = all ?? total;
      for (const item of items) {
        output.json(item);
        if (options.ids) output.line(item.id);
        else if (options.csv) output.line(csvLine(columns.map((name) => deviceColumns[name]?.(item) ?? "")));
        else shown.push(item);
      }
    }
    if (options.ids || options.csv) return;
    if (total === 0) output.note(q === "" ? "No device has enrolled yet." : "No device is found.");
    else
      output.table(
        shown,
        columns.map(
          (name): Column<DeviceItem> => ({ title: name, value: (item) => deviceColumns[name]?.(item) ?? "" }),
        ),
      );
    if (shown.length < total) output.note(`${shown.length} of ${total} devices; --limit N shows more.`);
  });
}

function readColumns(list: string | undefined): readonly string[] {
  const names = list === undefined ? usualColumns : list.split(",");
  const unknown = names.find((name) => !Object.hasOwn(deviceColumns, name));
  if (unknown !== undefined)
    throw new CommandFailure(
      `there is no column ${unknown}; columns are ${Object.keys(deviceColumns).join(", ")}`,
      exitCodes.usage,
    );
  return names;
}

const largestPage = 1_000;

/** Pages of devices until `limit` are read or there are no more. */
async function* devicePages(
  api: Api,
  { q, sort, limit }: { q: string; sort: string | undefined; limit: number },
) {
  let cursor: string | undefined;
  let left = limit;
  do {
    const query = { q, sort, limit: Math.min(left, largestPage), cursor };
    const read: z.infer<typeof devicePage> = await api({
      method: "GET",
      path: "/api/v1/devices",
      query,
      answer: devicePage,
    });
    yield read;
    left -= read.items.length;
    cursor = read.next ?? undefined;
  } while (cursor !== undefined && left > 0);
}

/** One line of CSV (RFC 4180). */
function csvLine(values: readonly (string | null)[]): string {
  return values
    .map((value) =>
      value !== null && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : (value ?? ""),
    )
    .join(",");
}

async function listSoftware(
  context: Context,
  q: string,
  deviceQ: string,
  typedLimit: string | undefined,
): Promise<void> {
  const { output } = context;
  const limit =
    typedLimit === undefined ? (output.isJson ? Number.POSITIVE_INFINITY : usualRows) : readCount(typedLimit);
  await withApi(context, async (api) => {
    const shown: z.infer<typeof titlePage>["items"] = [];
    let cursor: string | undefined;
    do {
      const query = { q, deviceQ, limit: Math.min(limit - shown.length, largestPage), cursor };
      const read: z.infer<typeof titlePage> = await api({
        method: "GET",
        path: "/api/v1/software",
        query,
        answer: titlePage,
      });
      for (const item of read.items) output.json(item);
      shown.push(...read.items);
      cursor = read.next ?? undefined;
    } while (cursor !== undefined && shown.length < limit);
    output.table(shown, [
      { title: "name", value: ({ name }) => name },
      { title: "version", value: ({ version }) => version },
      { title: "source", value: ({ source }) => source },
      { title: "devices", value: ({ devices }) => String(devices), align: "right" },
    ]);
    if (cursor !== undefined) output.note(`The first ${shown.length} titles; --limit N shows more.`);
  });
}
