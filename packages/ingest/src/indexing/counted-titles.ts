/** Titles in one part, with how many of the devices found have each; those that any has. */
import { fold } from "@rollcall/protocol";
import type { TitleCount, TitlePosition } from "../store/search-index.ts";
import type { Asked } from "./conditions.ts";
import type { FoundDevices } from "./found-devices.ts";
import { compareValues, mergeSorted } from "./ordering.ts";
import { foldedName, type PartReader, type Term } from "./part-reader.ts";
import { fewDevices, type TermCounts } from "./term-counts.ts";

/** The order of titles. */
export function compareTitles(a: TitlePosition, b: TitlePosition): number {
  return (
    compareValues(a.name, b.name) || compareValues(a.version, b.version) || compareValues(a.source, b.source)
  );
}

/** Beyond `after` those whose names hold all the words, in their order. `counts`: where everything was counted. */
export function* titlesCounted(
  found: FoundDevices,
  words: readonly string[],
  after: TitlePosition | null,
  counts: TermCounts | null = null,
): Generator<TitleCount> {
  const { part } = found.asked;
  const had = counts && found.count <= fewDevices ? titlesHad(found, words, after, counts) : null;
  const named = titleFields(found.asked).map(
    (field) => had?.filter((term) => term.field === field) ?? titlesNamed(part, field, words, after),
  );
  for (const same of mergeSorted(named, compareTerms)) {
    const [title] = same;
    if (!title) continue;
    const devices =
      counts && same.length === 1 ? counts.of(title.id) : found.countWith(same.map(({ id }) => id));
    if (devices > 0) yield { ...titleOf(title), devices };
  }
}

/** Of these terms the titles that may be read and whose names hold all the words, in the order in which they come. */
export function* titlesAmong(
  asked: Asked,
  terms: Iterable<number>,
  words: readonly string[],
): Generator<Term> {
  const fields = new Set(titleFields(asked));
  const folded = words.map(fold);
  for (const id of terms) {
    const term = asked.part.term(id);
    if (!term || !fields.has(term.field)) continue;
    if (folded.every((word) => term.folded.includes(word))) yield term;
  }
}

/** How many of the devices found have a title. */
export const countOfTitle = (found: FoundDevices, title: TitlePosition): number =>
  found.countWith(termsOfTitle(found.asked, title));

/** The terms of one title, in whichever fields it stands. */
export const termsOfTitle = (asked: Asked, { name, version, source }: TitlePosition): readonly number[] =>
  titleFields(asked).flatMap((field) =>
    asked.part
      .terms("field = ? and shown = ? and version = ? and source = ?", field, name, version, source)
      .map(({ id }) => id),
  );

/** Of few devices: what they have, instead of all that there is. */
function titlesHad(
  found: FoundDevices,
  words: readonly string[],
  after: TitlePosition | null,
  counts: TermCounts,
): readonly Term[] {
  const had = [...titlesAmong(found.asked, counts.terms(), words)];
  return had.filter((term) => after === null || compareTitles(titleOf(term), after) > 0).sort(compareTerms);
}

/** Titles of one field beyond `after`, in their order; names are looked through, versions only of those that fit. */
function* titlesNamed(
  part: PartReader,
  field: number,
  words: readonly string[],
  after: TitlePosition | null,
): Generator<Term> {
  const holding = words.map(() => `and instr(${foldedName}, ?) > 0`).join(" ");
  const names = part.names(
    `field = ? and shown >= ? ${holding} order by shown`,
    field,
    after?.name ?? "",
    ...words.map(fold),
  );
  for (const { id, shown } of names) {
    const beyond = after?.name === shown ? [after.version, after.source] : null;
    yield* part.terms(
      `names.id = ? ${beyond ? "and (version, source) > (?, ?)" : ""} order by version, source`,
      id,
      ...(beyond ?? []),
    );
  }
}

export const titleOf = ({ shown, version, source }: Term): TitlePosition => ({
  name: shown,
  version,
  source,
});
const compareTerms = (a: Term, b: Term): number => compareTitles(titleOf(a), titleOf(b));

export const titleFields = ({ fields }: Asked): readonly number[] =>
  fields.filter(({ kind }) => kind === "title").map(({ id }) => id);
