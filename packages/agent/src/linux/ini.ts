/** Files of `[section]` and `name = value` lines. */

const mostLines = 20_000;

/** Sections and names in lower case, what stands before the first section under "". The last of a name counts. */
export function parseIni(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = "";
  for (const line of text.split("\n", mostLines)) {
    const content = line.trim();
    if (content === "" || content.startsWith("#") || content.startsWith(";")) continue;
    const equals = content.indexOf("=");
    if (content.startsWith("[")) section = content.slice(1).split("]", 1)[0]?.trim().toLowerCase() ?? "";
    else if (equals > 0) {
      const values = sections.get(section) ?? new Map<string, string>();
      sections.set(
        section,
        values.set(content.slice(0, equals).trim().toLowerCase(), content.slice(equals + 1).trim()),
      );
    }
  }
  return sections;
}
