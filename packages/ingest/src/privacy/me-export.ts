/**
 * Everything that is stored of a device as one JSON document, for the person there. It is written in parts, a section
 * each: whole, it could be as large as all that a device may store.
 */
import { RollcallError } from "@rollcall/protocol";
import type { CallingInstallation } from "../accounts/caller.ts";
import type { StoredVersion } from "../records/history.ts";
import type { StoredSection } from "../records/sections.ts";
import { readableDocument } from "../records/stored-document.ts";
import { readableVersion } from "../records/versions.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { installationScope } from "../store/scope.ts";
import { countExport, ownDocuments, ownVersions } from "./export-queries.ts";
import { ownReceipts, ownView } from "./me-rules.ts";
import { lookupsOf } from "./rules.ts";

/** The parts of the export. Throws `too-often` with the reason. */
export async function ownExport(services: Services, caller: CallingInstallation): Promise<Iterable<string>> {
  const { store, now } = services;
  const { ordinal } = caller;
  await demandRate(services, ordinal);
  const scope = installationScope(ordinal);
  const documents = await store.read(ownDocuments, scope, ordinal);
  const versions = await store.read(ownVersions, scope, ordinal);
  const { sections: _told, ...view } = await ownView(services, caller);
  const { consent, state } = await ownReceipts(services, caller);
  const lookups = await lookupsOf(services, ordinal);
  const receipts = { consent, state };
  const facts = { exportedAt: isoTime(now()), ...view, receipts, lookups };
  return written(facts, documents, versions);
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

function* written(
  facts: object,
  documents: readonly StoredSection[],
  versions: readonly StoredVersion[],
): Iterable<string> {
  const versionsOf = Map.groupBy(versions, ({ name }) => name);
  // The facts' own closing brace comes last.
  yield `${JSON.stringify(facts).slice(0, -1)},"sections":{`;
  for (const [index, section] of documents.entries()) {
    yield `${index === 0 ? "" : ","}${JSON.stringify(section.name)}:`;
    yield* writtenSection(section, versionsOf.get(section.name) ?? []);
  }
  yield "}}\n";
}

/** In the place of what the store cannot read any more. */
const damaged = { fault: "damaged" } as const;

function* writtenSection(section: StoredSection, versions: readonly StoredVersion[]): Iterable<string> {
  const { schema, status, digest, since } = section;
  const document = readableDocument(section);
  const facts = { schema, status, digest, since: isoTime(since), ...(document === undefined ? damaged : {}) };
  yield withMember(facts, "document", document ?? undefined).slice(0, -1);
  yield ',"history":[';
  let newer: Uint8Array | undefined = document ?? undefined;
  for (const [index, { whole, body, name: _same, ...version }] of versions.entries()) {
    newer = readableVersion({ whole, body, digest: version.digest }, newer);
    const facts = {
      ...version,
      since: isoTime(version.since),
      at: isoTime(version.at),
      ...(newer ? {} : damaged),
    };
    yield `${index === 0 ? "" : ","}${withMember(facts, "document", newer)}`;
  }
  yield "]}";
}

/** An object with one more member: a document, which is stored as its canonical JSON. */
function withMember(facts: object, name: string, document: Uint8Array | undefined): string {
  const text = JSON.stringify(facts);
  if (document === undefined) return text;
  return `${text.slice(0, -1)},${JSON.stringify(name)}:${Buffer.from(document).toString()}}`;
}
