/** `rollcall audit`: what accounts changed, and whether the log is whole. */
import type { Command } from "commander";
import { z } from "zod";
import { type AuditEntry, auditEntrySchema, beginningOf, checkpointSchema, nameOf } from "../audit/chain.ts";
import { joinSchema } from "../audit/join.ts";
import { Walk } from "../audit/walk.ts";
import { type Api, withApi } from "./client.ts";
import type { Context } from "./context.ts";
import { CommandFailure } from "./failure.ts";
import { addListOptions, type ListKind, type ListOptions, printList, readListing } from "./lists.ts";

const page = z.object({
  items: z.array(auditEntrySchema),
  next: z.string().nullable(),
  checkpoints: z.array(checkpointSchema),
  joins: z.array(joinSchema),
});
type Page = z.infer<typeof page>;

const entries: ListKind<AuditEntry> = {
  columns: {
    number: nameOf,
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
      const { entries: count, ends } = await withApi(context, verify);
      const lasts = ends.length === 0 ? [beginningOf(1)] : ends;
      const last = lasts.map((end) => `${nameOf(end)} with hash ${end.hash}`).join(", ");
      const chains = lasts.length === 1 ? "" : ` in ${lasts.length} chains`;
      context.output.line(
        `${count} ${count === 1 ? "entry holds" : "entries hold"} together${chains}; the last is ${last}`,
      );
      context.output.json({ entries: count, ends: lasts });
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

/**
 * Follows every chain from its checkpoint or beginning to its end. Whoever notes the last hashes can tell later whether
 * all ends were cut, with everything that was signed of them.
 */
async function verify(api: Api): Promise<Walk> {
  const answer = z.object({ server: z.string() });
  const { server } = await api({ method: "GET", path: "/v1/server", answer });
  let walk: Walk | null = null;
  for await (const { items, checkpoints, joins } of pagesOf(api, "number")) {
    walk ??= new Walk(server, joins);
    for (const checkpoint of checkpoints) demand(walk.begin(checkpoint));
    for (const entry of items) demand(walk.follow(entry));
  }
  walk ??= new Walk(server, []);
  demand(walk.end());
  return walk;
}

function demand(fault: string | null): void {
  if (fault !== null) throw new CommandFailure(`the audit log was changed: ${fault}`);
}
