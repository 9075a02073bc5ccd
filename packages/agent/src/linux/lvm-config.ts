/** The text that LVM keeps its metadata in (lvm.conf(5)): sections in braces, `key = value` in them. */

export interface ConfigSection {
  readonly values: ReadonlyMap<string, string | number | readonly string[]>;
  readonly sections: ReadonlyMap<string, ConfigSection>;
}

interface Draft {
  readonly values: Map<string, string | number | readonly string[]>;
  readonly sections: Map<string, Draft>;
}

const mostLines = 200_000;
/** LVM's own go four deep. */
const deepest = 16;

/** What can be read of it: a text that ends early is a text that ends there. */
export function parseLvmConfig(text: string): ConfigSection {
  const root: Draft = { values: new Map(), sections: new Map() };
  const open: Draft[] = [root];
  let inList = false;
  for (const line of text.split("\n", mostLines)) {
    const here = open.at(-1) ?? root;
    const words = line.trim();
    if (inList) {
      inList = !words.startsWith("]");
      continue;
    }
    if (words === "}" && open.length > 1) open.pop();
    const section = /^([\w.+-]{1,128}) \{$/.exec(words)?.[1];
    if (section !== undefined && open.length < deepest) {
      const inner: Draft = { values: new Map(), sections: new Map() };
      here.sections.set(section, inner);
      open.push(inner);
    }
    const [, key, value = ""] = /^([\w.+-]{1,128}) = (.*)$/.exec(words) ?? [];
    if (key === undefined) continue;
    const read = readValue(value);
    if (read !== undefined) here.values.set(key, read);
    inList = /^\[\s*(#.*)?$/.test(value);
  }
  return root;
}

/** A number, a text in quotes, or a list of texts on one line; a remark may follow. */
function readValue(text: string): string | number | readonly string[] | undefined {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll(/\\(.)/g, "$1");
  const digits = /^\d{1,15}(?=\s|$)/.exec(text)?.[0];
  if (digits !== undefined) return Number(digits);
  const list = /^\[([^\]]*)\]/.exec(text)?.[1];
  return list === undefined ? undefined : [...list.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word);
}
