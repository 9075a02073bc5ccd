/**
 * Items as they stand in the store: canonical JSON in which phrases that most items have, and what another member
 * says already (a package URL holds name and version), are one control character each, which JSON has none of.
 */

/** The name once more; the version as the package URL has it. */
const [sameName, sameVersion] = ["\x1e", "\x1f"];

/**
 * By the character that stands for it. Append only: what a character meant once it means for ever. Not `\0`, `\t`, `\n`
 * and `\r`, which lists and databases have uses for.
 */
const phrases: ReadonlyMap<string, string> = new Map([
  ["\x01", '{"architecture":"amd64"'],
  ["\x02", '{"architecture":"all"'],
  ["\x03", '{"architecture":"'],
  ["\x04", ',"installedSize":'],
  ["\x05", ',"name":"'],
  ["\x06", `,"purl":"pkg:deb/debian/${sameName}@`],
  ["\x07", `,"purl":"pkg:deb/ubuntu/${sameName}@`],
  ["\x08", ',"purl":"pkg:'],
  ["\x0b", '?arch=amd64"'],
  ["\x0c", '?arch=all"'],
  ["\x0e", "?arch="],
  ["\x0f", `,"source":"${sameName}"`],
  ["\x10", ',"source":"'],
  ["\x11", ',"vendor":"'],
  ["\x12", `,"version":"${sameVersion}"}`],
  ["\x13", ',"version":"'],
  ["\x14", '{"name":"'],
  ["\x15", ',"purl":"pkg:rpm/'],
]);

const characters = new Map([...phrases].map(([character, phrase]) => [phrase, character]));

// The longest first: one may begin like another.
const anyPhrase = new RegExp(
  [...characters.keys()]
    .toSorted((a, b) => b.length - a.length)
    .map((phrase) => phrase.replaceAll(/[{}?]/g, "\\$&"))
    .join("|"),
  "g",
);
const anyCharacter = new RegExp(`[${[...phrases.keys()].join("")}]`, "g");

const nameIn = (text: string): string | undefined => /[{,]"name":"([^"\\]+)"/.exec(text)?.[1];

/** As the package URL has it, decoded. */
function versionIn(text: string): string | undefined {
  const written = /,"purl":"pkg:[^"\\@]*@([^"\\?]+)/.exec(text)?.[1];
  try {
    return written === undefined ? undefined : decodeURIComponent(written);
  } catch {
    return undefined;
  }
}

/** @param text canonical JSON, which `longItem` gives back */
export function shortItem(text: string): string {
  const [name, version] = [nameIn(text), versionIn(text)];
  let short = text;
  const once = (from: string, to: string) => {
    short = short.replace(from, () => to);
  };
  if (name !== undefined) {
    once(`/${name}@`, `/${sameName}@`);
    once(`,"source":"${name}"`, `,"source":"${sameName}"`);
  }
  if (version !== undefined) once(`,"version":"${version}"`, `,"version":"${sameVersion}"`);
  short = short.replace(anyPhrase, (phrase) => characters.get(phrase) ?? phrase);
  return longItem(short) === text ? short : text;
}

/** The canonical JSON; of what stands there as it is, itself. */
export function longItem(short: string): string {
  const text = short.replace(anyCharacter, (character) => phrases.get(character) ?? character);
  if (!text.includes(sameName) && !text.includes(sameVersion)) return text;
  const name = nameIn(text) ?? "";
  const named = text.replaceAll(sameName, () => name);
  const version = named.includes(sameVersion) ? (versionIn(named) ?? "") : "";
  return named.replaceAll(sameVersion, () => version);
}
