/** `rollcall changes`: what changed on the devices that a query finds. */
import type { Command } from "commander";
import { z } from "zod";
import type { Context } from "./context.ts";
import { change, changeInWords } from "./device-history.ts";
import { list } from "./inventory.ts";
import { addListOptions, type ListKind, type ListOptions } from "./lists.ts";
import { readQueryWords } from "./typed-values.ts";

const deviceChange = change.extend({
  device: z.looseObject({ id: z.string(), hostname: z.string().nullable() }),
});

const changes: ListKind<z.infer<typeof deviceChange>> = {
  columns: {
    at: ({ at }) => at,
    hostname: ({ device }) => device.hostname,
    section: ({ section }) => section,
    kind: ({ kind }) => kind,
    what: (item) => changeInWords(item).join("; "),
    digest: ({ digest }) => digest,
    id: ({ device }) => device.id,
  },
  usual: ["at", "hostname", "section", "kind", "what"],
  id: "id",
  repeatsIds: true,
  none: "Nothing changed.",
};

interface ChangesOptions extends ListOptions {
  readonly since: string;
  readonly section?: string;
}

export function addChanges(program: Command, contextOf: () => Context): void {
  const command = program
    .command("changes [QUERY...]")
    .description("what changed on devices that a query finds, the latest first")
    .option("--since <TIME>", "since when: 24h, 7d, 2026-01-31, 2026-01-31T12:00:00Z; at most 400d", "24h")
    .option("--section <S>", "only in this section");
  addListOptions(command, changes)
    .allowUnknownOption()
    .action((words: string[], { since, section, ...options }: ChangesOptions) =>
      list(contextOf(), changes, options, {
        path: "/api/v1/changes",
        query: { q: readQueryWords(words), since, section, fresh: "true" },
        item: deviceChange,
      }),
    );
}
