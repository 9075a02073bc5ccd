// Makes text from outside harmless to whoever reads it on a terminal. Host names, package names and answers of
// servers are chosen by others: they could hold commands to the terminal or letters that reorder a line.

/**
 * Controls (C0, C1), format characters (bidirectional marks, zero width, soft hyphen, byte order mark, tags), line
 * and paragraph separators, lone surrogates and whatever else Unicode says to draw as nothing. The two variation
 * selectors of emoji stay: they choose a picture and hide nothing.
 */
const unprintable =
  /[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\u{fe0e}\u{fe0f}]]/gv;

/**
 * The text with each dangerous character, line breaks among them, written out as `\u001b`; all others as they are.
 * For eyes only: it does not escape backslashes, so it cannot be undone.
 */
export function printable(text: string): string {
  return text.replaceAll(unprintable, escapeUnits);
}

/**
 * One line of JSON, with the same characters as escapes: valid, equal in value, and harmless to look at. What JSON
 * has no word for (`undefined`, a function) is `null`.
 */
export function printableJson(value: unknown): string {
  // The type says `string`, but there is no text for `undefined`.
  const text: string | undefined = JSON.stringify(value);
  return printable(text ?? "null");
}

/** In UTF-16 units, which is how JSON writes characters beyond the first plane. */
function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16).padStart(4, "0");
    return `\\u${unit}`;
  }).join("");
}
