/**
 * Keys of the server that follow those of the installation: taken over when the server's identity key vouches for
 * them, whoever brought the word. What is told of one use is all that is in use or to come of it.
 */
import { type Announcement, announcementsOf, type PublicKey, type ServerAnswer } from "@rollcall/protocol";
import type { Installation } from "../state/files.ts";

type Keys = Pick<Installation, "server" | "ca" | "receiptKey" | "comingReceiptKeys" | "formerReceiptKeys">;

/** The installation with what a check-in's answer announced; the same one when that is nothing new. */
export function withAnnounced<T extends Keys>(installation: T, came: readonly unknown[] = []): T {
  if (came.length === 0) return installation;
  const announced = announcementsOf(installation.server, came);
  const keys = announced.flatMap((each) => (each.use === "receipt-key" ? [each.key] : []));
  const cas = announced.flatMap((each) => (each.use === "ca" ? [each.ca] : []));
  const next = { ...installation, ...receiptKeysAfter(installation, keys), ...caAfter(installation, cas) };
  return JSON.stringify(next) === JSON.stringify(installation) ? installation : next;
}

/** What `GET /v1/server` says in the form of a check-in's answer: its other announcements may also be former ones. */
export function announcedBy({ receiptKey, ca, announcements = [] }: ServerAnswer): readonly unknown[] {
  const inUse: readonly Announcement[] = [receiptKey, ...(ca ? [ca] : [])];
  const coming = announcementsOf(receiptKey.server, announcements).filter(({ use, at }) =>
    inUse.some((used) => used.use === use && Date.parse(used.at) < Date.parse(at)),
  );
  return [...inUse, ...coming];
}

const mostFormer = 16;

function receiptKeysAfter(installation: Keys, keys: readonly PublicKey[]): Partial<Keys> {
  const [receiptKey, ...comingReceiptKeys] = keys;
  if (receiptKey === undefined) return {};
  const known = [installation.receiptKey, ...installation.comingReceiptKeys];
  const left = known.filter((key) => !keys.includes(key) && !installation.formerReceiptKeys.includes(key));
  return {
    receiptKey,
    comingReceiptKeys,
    formerReceiptKeys: [...installation.formerReceiptKeys, ...left].slice(-mostFormer),
  };
}

/** Only where one was pinned: who trusts the system's store goes on doing so. */
function caAfter({ ca }: Keys, cas: readonly string[]): Partial<Keys> {
  return ca === undefined || cas.length === 0 ? {} : { ca: cas.join("") };
}
