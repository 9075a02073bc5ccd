/**
 * How a key of the server is followed by another: the new one is announced under the old for 90 days, then it comes
 * into use. What was in use stays in the list, so that what it signed can be verified.
 */
import type { Announcement } from "@rollcall/protocol";

/** One key: what vouches for it, and the file that has its private half as long as that is needed. */
export interface Entry<A extends Announcement = Announcement> {
  readonly file: string;
  readonly announcement: A;
  /** ISO 8601 UTC. */
  readonly inUseFrom: string;
}

/** The keys of one use, oldest first; `inUse` is a place in the list, -1 before there is one. */
export interface Succession<A extends Announcement = Announcement> {
  readonly inUse: number;
  readonly entries: readonly Entry<A>[];
}

/** How long a new key is announced before it comes into use, and how long the change is told afterwards. */
export const announcedMilliseconds = 90 * 86_400_000;

export function current<A extends Announcement>({ inUse, entries }: Succession<A>): Entry<A> | null {
  return entries[inUse] ?? null;
}

/** The one that is announced and not in use yet. */
export function coming<A extends Announcement>({ inUse, entries }: Succession<A>): Entry<A> | null {
  return entries[inUse + 1] ?? null;
}

/** With one more at its end, which comes into use at its time. */
export function followedBy<A extends Announcement>(
  { inUse, entries }: Succession<A>,
  entry: Entry<A>,
): Succession<A> {
  return { inUse, entries: [...entries, entry] };
}

/** With one in use from now on that was not announced before. */
export function begunWith<A extends Announcement>(
  { inUse, entries }: Succession<A>,
  entry: Entry<A>,
): Succession<A> {
  return { inUse: inUse + 1, entries: [...entries.slice(0, inUse + 1), entry] };
}

/** As it is at this time: what is due is in use. A clock that is set back brings nothing back. */
export function atTime<A extends Announcement>(succession: Succession<A>, now: number): Succession<A> {
  const next = coming(succession);
  const due = next !== null && Date.parse(next.inUseFrom) <= now;
  return due ? { ...succession, inUse: succession.inUse + 1 } : succession;
}

/** With the announced one in use from now on, whatever was planned; null when none is announced. */
export function hastened<A extends Announcement>(
  succession: Succession<A>,
  now: number,
): Succession<A> | null {
  const next = coming(succession);
  return next && begunWith(succession, { ...next, inUseFrom: new Date(now).toISOString() });
}

/** Files of private halves that nothing is signed with any more. */
export function retiredFiles<A extends Announcement>({ inUse, entries }: Succession<A>): readonly string[] {
  const needed = new Set(entries.slice(Math.max(0, inUse)).map(({ file }) => file));
  return entries.map(({ file }) => file).filter((file) => !needed.has(file));
}

/** What check-in answers tell: while a key changes and for as long again, the one in use and the one to come. */
export function told<A extends Announcement>(succession: Succession<A>, now: number): readonly A[] {
  const [used, next] = [current(succession), coming(succession)];
  if (!used) return [];
  const isNew = succession.inUse > 0 && Date.parse(used.inUseFrom) + announcedMilliseconds > now;
  if (!next && !isNew) return [];
  return [used, ...(next ? [next] : [])].map(({ announcement }) => announcement);
}
