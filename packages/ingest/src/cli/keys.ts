/** `rollcall keys`: the server's receipt key and CA, and how each is followed by a new one. */
import type { Command } from "commander";
import { z } from "zod";
import { withApi } from "./client.ts";
import type { Context } from "./context.ts";
import { CommandFailure, wrongUsage } from "./failure.ts";
import { addListOptions, type ListKind, type ListOptions, printList, readListing } from "./lists.ts";

const keySchema = z.object({
  key: z.string(),
  state: z.string(),
  value: z.string(),
  announcedAt: z.string(),
  inUseFrom: z.string(),
});
type Key = z.infer<typeof keySchema>;
const listed = z.object({ items: z.array(keySchema), trustedCas: z.string().nullable() });
const rotated = z.object({ key: z.string(), inUseFrom: z.string() });
const used = z.object({ key: z.string(), inUse: z.literal(true) });

const keys: ListKind<Key> = {
  columns: {
    key: ({ key }) => key,
    state: ({ state }) => state,
    value: ({ value }) => value,
    announcedAt: ({ announcedAt }) => announcedAt,
    inUseFrom: ({ inUseFrom }) => inUseFrom,
  },
  usual: ["key", "state", "value", "inUseFrom"],
  id: "value",
  none: "There are no keys.",
};

export function addKeys(program: Command, contextOf: () => Context): void {
  const parent = program
    .command("keys")
    .description("the server's receipt key and CA; a new one is announced for 90 days before it is used");
  addListOptions(parent.command("list").description("list them, with the former ones"), keys).action(
    (options: ListOptions) => {
      const context = contextOf();
      const listing = readListing(context.output, keys, options);
      return withApi(context, async (api) => {
        const { items } = await api({ method: "GET", path: "/api/v1/keys", answer: listed });
        await printList(listing, async function* (limit) {
          yield { items: items.slice(0, limit), total: items.length, isLast: items.length <= limit };
        });
      });
    },
  );
  parent
    .command("ca")
    .description("print the CA of the server's own certificate, for ROLLCALL_CA on other machines")
    .action(() => withApi(contextOf(), (api) => printCa(contextOf(), api)));
  parent
    .command("rotate <KEY>")
    .description("announce a new receipt key or CA (KEY: receipt or ca)")
    .action((key: string) => rotate(contextOf(), key));
  parent
    .command("use <KEY>")
    .description("use an announced one from now on; devices that have not checked in since lose the server")
    .option("--yes", "do it, though devices may lose the server; asked of a CA")
    .action((key: string, options: { yes?: true }) => use(contextOf(), key, options));
}

type Api = Parameters<Parameters<typeof withApi>[1]>[0];

async function printCa({ output }: Context, api: Api): Promise<void> {
  const { trustedCas } = await api({ method: "GET", path: "/api/v1/keys", answer: listed });
  if (trustedCas === null)
    throw new CommandFailure(
      "this server shows no certificate of its own; serve --listen HOST:PORT --public-url URL makes it show one",
    );
  for (const line of trustedCas.trimEnd().split("\n")) output.line(line);
  output.json({ ca: trustedCas });
}

async function rotate(context: Context, key: string): Promise<void> {
  const { output } = context;
  await withApi(context, async (api) => {
    const path = `/api/v1/keys/${encodeURIComponent(key)}/rotate`;
    const done = await api({ method: "POST", path, answer: rotated });
    output.note(`A new ${key} key is announced; it is used from ${done.inUseFrom} on.`);
    output.json(done);
  });
}

async function use(context: Context, key: string, { yes }: { readonly yes?: true }): Promise<void> {
  if (key === "ca" && !yes)
    throw wrongUsage(
      "devices that have not checked in since the CA was announced lose this server and have to be enrolled anew; to use it now, say --yes",
    );
  const { output } = context;
  await withApi(context, async (api) => {
    const path = `/api/v1/keys/${encodeURIComponent(key)}/use`;
    const done = await api({ method: "POST", path, answer: used });
    output.note(`The announced ${key} key is in use.`);
    output.json(done);
  });
}
