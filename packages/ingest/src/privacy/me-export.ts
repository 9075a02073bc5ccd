/**
 * Everything that is stored of a device as one JSON document, for the person there. It is written in parts, a section
 * each: whole, it could be as large as all that a device may store.
 */
import { decompress, limits, RollcallError } from "@rollcall/protocol";
import type { CallingInstallation } from "../accounts/caller.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { installationScope } from "../store/scope.ts";
import { countExport, ownDocuments, type StoredDocument } from "./export-queries.ts";
import { ownReceipts, ownView } from "./me-rules.ts";
import { lookupsOf } from "./rules.ts";

/** The parts of the export. Throws `too-often` with the reason. */
export async function ownExport(services: Services, caller: CallingInstallation): Promise<Iterable<string>> {
  const { store, now } = services;
  const { ordinal } = caller;
  await demandRate(services, ordinal);
  const documents = await store.read(ownDocuments, installationScope(ordinal), ordinal);
  const { sections: _told, ...view } = await ownView(services, caller);
  const { consent, state } = await ownReceipts(services, caller);
  const lookups = await lookupsOf(services, ordinal);
  const facts = { exportedAt: isoTime(now()), ...view, receipts: { consent, state }, lookups };
  return written(facts, documents);
}

async function demandRate({ store, config, now }: Services, ordinal: number): Promise<void> {
  const mostPerDay = config["me.exportsPerDay"];
  const [nextAt] = await store.commit([countExport({ ordinal, mostPerDay, at: now() })]);
  if (nextAt === null) return;
  throw new RollcallError("too-often", {
    detail: `Everything was exported ${mostPerDay} times within a day already; it is the same data each time.`,
    retryAfterSeconds: Math.ceil((nextAt - now()) / 1000),
  });
}

function* written(facts: object, documents: readonly StoredDocument[]): Iterable<string> {
  // The facts' own closing brace comes last.
  yield `${JSON.stringify(facts).slice(0, -1)},"sections":{`;
  for (const [index, { name, body, since, ...section }] of documents.entries()) {
    const told = JSON.stringify({ ...section, since: isoTime(since) });
    yield `${index === 0 ? "" : ","}${JSON.stringify(name)}:`;
    yield body === null ? told : `${told.slice(0, -1)},"document":${textOf(body)}}`;
  }
  yield "}}\n";
}

/** A document is stored as its canonical JSON. */
const textOf = (body: Uint8Array): string => Buffer.from(decompress(body, limits.sectionDecoded)).toString();
