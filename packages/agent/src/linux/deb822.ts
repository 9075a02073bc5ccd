/** deb822(5): paragraphs of fields, as dpkg and apt keep their records. */

/**
 * The paragraphs of a file, each with those of its fields that are `wanted`, by name in lower case; continuation
 * lines are joined with a blank. Of a field that stands there twice the first counts, except that another `key`,
 * which every paragraph has once, begins the next paragraph: the empty line between the two was lost. Lines that
 * are no fields are passed over.
 */
export function* parseParagraphs(
  text: string,
  key: string,
  wanted: ReadonlySet<string>,
): Generator<ReadonlyMap<string, string>> {
  let paragraph = new Map<string, string>();
  /** The field that continuation lines belong to; null when it is not wanted. */
  let current: string | null = null;
  for (const line of linesOf(text)) {
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (current !== null) paragraph.set(current, joined(paragraph.get(current) ?? "", line.trim()));
      continue;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trimEnd().toLowerCase();
    if (line === "" || (name === key && paragraph.has(key))) {
      if (paragraph.size > 0) yield paragraph;
      paragraph = new Map();
    }
    current = wanted.has(name) && !paragraph.has(name) ? name : null;
    if (current !== null) paragraph.set(current, joined("", line.slice(colon + 1).trim()));
  }
  if (paragraph.size > 0) yield paragraph;
}

/** No value that anybody wants is longer; in a broken file one can be as long as the file. */
const longestValue = 4_096;

function joined(value: string, more: string): string {
  if (value.length > longestValue || more === "") return value;
  return `${value}${value === "" ? "" : " "}${more.slice(0, longestValue)}`;
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    yield text.slice(start, text[end - 1] === "\r" && end > start ? end - 1 : end);
    start = end + 1;
  }
}

/** The first line of a field in one paragraph, written as its maker writes names; empty where there is none. */
export function fieldOf(paragraph: string, name: string): string {
  const label = `${name}: `;
  const found = paragraph.startsWith(label) ? 0 : paragraph.indexOf(`\n${label}`) + 1;
  if (found === 0 && !paragraph.startsWith(label)) return "";
  const end = paragraph.indexOf("\n", found);
  return paragraph.slice(found + label.length, end === -1 ? undefined : end).trim();
}
