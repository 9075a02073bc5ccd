// How many columns of a terminal a text takes: near enough to align a table, with no data of its own.

/** Marks, variation selectors among them, are drawn with the character before them. */
const mark = /\p{M}/u;

/** East Asian scripts, full-width forms and emoji. */
const wide =
  /[\p{Emoji_Presentation}\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}\u{20000}-\u{3fffd}]/u;

export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (character <= "~") return 1;
  if (mark.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
