/** Texts with the same beginning stand together in an index: from where, and to where. */

const [firstSurrogate, lastSurrogate, lastCharacter] = [0xd800, 0xdfff, 0x10ffff];

/**
 * The first text that begins so, and the first one behind all of those, in the order of SQLite (bytes of UTF-8, which is
 * that of code points). Null as the end: there is none behind.
 */
export function textsFrom(beginning: string): readonly [from: string, behind: string | null] {
  const from = beginning.toWellFormed();
  const characters = [...from];
  for (;;) {
    const last = characters.pop()?.codePointAt(0);
    if (last === undefined) return [from, null];
    if (last === lastCharacter) continue;
    const next = last + 1 === firstSurrogate ? lastSurrogate + 1 : last + 1;
    return [from, characters.join("") + String.fromCodePoint(next)];
  }
}
