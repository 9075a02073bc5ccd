/** `rollcall audit`: what accounts changed, and whether the log is whole. */
import type { Command } from "commander";
import { z } from "zod";
import {
  type AuditEntry,
  auditEntrySchema,
  type Checkpoint,
  checkpointFault,
  checkpointSchema,
  entryFault,
  genesis,
  type Link,
} from "../audit/chain.ts";
import { type Api, withApi } from "./client.ts";
import type { Context } from "./context.ts";
import { CommandFailure } from "./failure.ts";
import { addListOptions, type ListKind, type ListOptions, printList, readListing } from "./lists.ts";

const page = z.object({
  items: z.array(auditEntrySchema),
  next: z.string().nullable(),
  checkpoint: checkpointSchema.nullable(),
});
type Page = z.infer<typeof page>;

const entries: ListKind<AuditEntry> = {
  columns: {
    number: ({ number }) => number,
    at: ({ at }) => at,
    account: ({ account }) => account.value ?? "(erased)",
    action: ({ action }) => action,
    subject: ({ subject }) => subject.value ?? "(erased)",
    requestId: ({ requestId }) => requestId,
    hash: ({ hash }) => hash,
  },
  usual: ["number", "at", "account", "action", "subject"],
  id: "number",
  none: "Nothing was changed yet.",
};

export function addAudit(program: Command, contextOf: () => Context): void {
  const audit = program.command("audit").description("what accounts changed, the latest first");
  addListOptions(audit, entries).action((options: ListOptions) => {
    const context = contextOf();
    const listing = readListing(context.output, entries, options);
    return withApi(context, (api) =>
      printList(listing, async function* (limit) {
        let left = limit;
        for await (const { items, next } of pagesOf(api, "-number")) {
          yield { items: items.slice(0, left), isLast: next === null && items.length <= left };
          left -= items.length;
          if (left <= 0) return;
        }
      }),
    );
  });
  audit
    .command("verify")
    .description("check that no entry was changed, left out or put in")
    .action(async () => {
      const context = contextOf();
      const { count, last } = await withApi(context, verify);
      context.output.line(
        `${count} ${count === 1 ? "entry holds" : "entries hold"} together; the last is ${last.number} with hash ${last.hash}`,
      );
      context.output.json({ entries: count, ...last });
    });
}

async function* pagesOf(api: Api, sort: "number" | "-number"): AsyncGenerator<Page> {
  let cursor: string | undefined;
  do {
    const query = { sort, limit: 1_000, cursor };
    const read: Page = await api({ method: "GET", path: "/api/v1/audit", query, answer: page });
    yield read;
    cursor = read.next ?? undefined;
  } while (cursor !== undefined);
}

/** Follows the chain from its checkpoint or beginning to its end; whoever notes the last hash can tell later whether the end was cut. */
async function verify(api: Api): Promise<{ count: number; last: Link }> {
  let last: Link | null = null;
  let count = 0;
  for await (const { items, checkpoint } of pagesOf(api, "number")) {
    last ??= await beginning(api, checkpoint);
    for (const entry of items) {
      const fault = entryFault(entry, last);
      if (fault !== null) throw new CommandFailure(`the audit log was changed: ${fault}`);
      last = entry;
      count++;
    }
  }
  const { number, hash } = last ?? genesis;
  return { count, last: { number, hash } };
}

async function beginning(api: Api, checkpoint: Checkpoint | null): Promise<Link> {
  if (checkpoint === null) return genesis;
  const answer = z.object({ server: z.string() });
  const { server } = await api({ method: "GET", path: "/v1/server", answer });
  const fault = checkpointFault(checkpoint, server);
  if (fault !== null) throw new CommandFailure(`the audit log was changed: ${fault}`);
  return checkpoint;
}
