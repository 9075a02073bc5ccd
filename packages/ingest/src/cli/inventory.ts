/** `rollcall devices`, `software` and `facets`: questions to the inventory. */
import { type Command, Option } from "commander";
import { z } from "zod";
import { deviceOrders, titleOrders } from "../store/search-index.ts";
import { withApi } from "./client.ts";
import type { Context } from "./context.ts";
import { deviceItem } from "./device-name.ts";
import { addListOptions, type ListKind, type ListOptions, printList, readListing } from "./lists.ts";
import { type Asked, pagesOf } from "./pages.ts";
import { readQueryWords, readTime } from "./typed-values.ts";

type DeviceItem = z.infer<typeof deviceItem>;
const seen = z.string().nullable();
const title = z.object({
  source: z.string(),
  name: z.string(),
  version: z.string(),
  devices: z.int(),
  firstSeenAt: seen,
  lastSeenAt: seen,
});
const facetValue = z.object({ value: z.union([z.string(), z.number()]), devices: z.int() });

/** Who types a question expects to see what happened before. */
const fresh = { fresh: "true" } as const;

const devices: ListKind<DeviceItem> = {
  columns: {
    id: ({ id }) => id,
    hostname: ({ hostname }) => hostname,
    manufacturer: ({ manufacturer }) => manufacturer,
    model: ({ model }) => model,
    serial: ({ serial }) => serial,
    os: ({ os }) => os.name,
    "os.version": ({ os }) => os.version,
    groups: ({ groups }) => groups.join(" "),
    country: ({ country }) => country,
    applications: ({ applications }) => applications.map(applicationText).join(" "),
    state: ({ state }) => state,
    firstSeenAt: ({ firstSeenAt }) => firstSeenAt,
    lastSeenAt: ({ lastSeenAt }) => lastSeenAt,
  },
  usual: ["hostname", "os", "os.version", "manufacturer", "model", "groups", "state", "lastSeenAt", "id"],
  id: "id",
  none: "No device is found.",
};

interface DeviceListOptions extends ListOptions {
  readonly sort?: string;
  readonly possibleDuplicates?: true;
}

interface TitleListOptions extends ListOptions {
  readonly devices?: string;
  readonly sort?: string;
  readonly sampled?: true;
}

const duplicate = z.object({ devices: z.array(deviceItem) });
const duplicates: ListKind<z.infer<typeof duplicate>> = {
  columns: {
    hostnames: ({ devices: alike }) => alike.map(({ hostname }) => hostname ?? "-").join(" "),
    lastSeenAt: ({ devices: alike }) => alike.map(({ lastSeenAt }) => lastSeenAt).join(" "),
    ids: ({ devices: alike }) => alike.map(({ id }) => id).join(" "),
  },
  none: "No two devices seem to be one.",
};

function applicationText({ number, version, channel }: DeviceItem["applications"][number]): string {
  return `${number}@${version}${channel === "stable" ? "" : ` (${channel})`}`;
}

const titles: ListKind<z.infer<typeof title>> = {
  columns: {
    name: ({ name }) => name,
    version: ({ version }) => version,
    source: ({ source }) => source,
    devices: ({ devices: count }) => count,
    firstSeenAt: ({ firstSeenAt }) => firstSeenAt,
    lastSeenAt: ({ lastSeenAt }) => lastSeenAt,
  },
  none: "No software is found.",
};

const facetValues: ListKind<z.infer<typeof facetValue>> = {
  columns: { value: ({ value }) => value, devices: ({ devices: count }) => count },
  takesAt: true,
  none: "No device that is found has a value there.",
};

export function addInventoryCommands(program: Command, contextOf: () => Context): void {
  const listDevices = program
    .command("devices [QUERY...]")
    .description("devices that a query finds, such as: os:debian 'memory:>8GiB' -software:openssl")
    .addOption(
      new Option("--sort <ORDER>", "order of the list; with - the other way round").choices(
        deviceOrders.flatMap((order) => [order, `-${order}`]),
      ),
    );
  addListOptions(listDevices, devices)
    .option("--possible-duplicates", "instead: devices that may be one, by their hardware")
    .allowUnknownOption()
    .action((words: string[], { sort, possibleDuplicates, ...options }: DeviceListOptions) =>
      possibleDuplicates
        ? list(contextOf(), duplicates, options, {
            path: "/api/v1/duplicates",
            query: {},
            item: duplicate,
          })
        : list(contextOf(), devices, options, {
            path: "/api/v1/devices",
            query: { q: readQueryWords(words), sort, ...fresh },
            item: deviceItem,
          }),
    );

  const listTitles = program
    .command("software [WORD...]")
    .description("software titles with their versions and how many devices have them")
    .option("--devices <QUERY>", "only on devices that this query finds")
    .addOption(new Option("--sort <ORDER>", "order of the list").choices(titleOrders))
    .option("--sampled", "with --sort devices: the most frequent, chosen from a sample of the devices");
  addListOptions(listTitles, titles).action(
    (words: string[], { devices: deviceQ, sort, sampled, ...options }: TitleListOptions) =>
      list(contextOf(), titles, options, {
        path: "/api/v1/software",
        query: {
          q: words.join(" "),
          deviceQ,
          sort,
          ...(sort === "devices" && !sampled ? { exact: "true" } : {}),
          ...fresh,
        },
        item: title,
      }),
  );

  const listValues = program
    .command("facets <FIELD> [QUERY...]")
    .description("the values of a field and how many of the devices that a query finds have each");
  addListOptions(listValues, facetValues)
    .allowUnknownOption()
    .action((field: string, words: string[], options: ListOptions) => {
      const context = contextOf();
      const at = options.at === undefined ? undefined : readTime(options.at, context.now());
      return list(context, facetValues, options, {
        path: "/api/v1/facets",
        query: { field, q: readQueryWords(words), at, ...fresh },
        item: facetValue,
      });
    });
}

export function list<Item>(
  context: Context,
  kind: ListKind<Item>,
  options: ListOptions,
  asked: Asked<Item>,
): Promise<void> {
  const listing = readListing(context.output, kind, options);
  return withApi(context, (api) => printList(listing, (limit) => pagesOf(api, asked, limit)));
}
