/**
 * Property lists in their XML form (plist(5), PropertyList-1.0.dtd), as the programs of macOS print them: a tree of
 * plain values. What is not one yields undefined; what is cut short yields nothing of the element that it was cut in.
 */

export type PlistValue = string | number | boolean | PlistDict | readonly PlistValue[];
export interface PlistDict {
  readonly [key: string]: PlistValue;
}

const deepest = 64;
/** Tags, with the text before each; the text of an element is what stands before its end. */
const tag = /<([/!?]?)([A-Za-z]\w*(?!\w)|--|)[^<>]*?(\/?)>/g;

/** A list or dictionary that has not ended yet. */
interface Open {
  readonly name: "array" | "dict" | "plist";
  readonly items: PlistValue[];
  /** Keys of a dictionary, each before its value. */
  readonly keys: string[];
}

export function parsePlist(xml: string): PlistValue | undefined {
  const open: Open[] = [];
  let end = 0;
  for (const match of xml.matchAll(tag)) {
    const [whole, mark = "", name = "", slash] = match;
    const before = xml.slice(end, match.index);
    end = match.index + whole.length;
    if (mark === "!" || mark === "?") continue;
    const element = { name, isEmpty: slash === "/", before };
    const done = mark === "/" ? ended(open, element) : begun(open, element);
    if (done) return done.value;
  }
  return undefined;
}

interface Element {
  readonly name: string;
  readonly isEmpty: boolean;
  /** What stands before the tag. */
  readonly before: string;
}

/** What is the whole; without a value where there is none. */
type Done = { readonly value: PlistValue | undefined } | null;

function begun(open: Open[], { name, isEmpty }: Element): Done {
  const around = open.at(-1);
  if (!isContainer(name)) {
    if (isEmpty && around) addScalar(around, name, "");
    return null;
  }
  if (open.length >= deepest) return { value: undefined };
  const container: Open = { name, items: [], keys: [] };
  if (isEmpty) around?.items.push(finished(container));
  else open.push(container);
  return null;
}

function ended(open: Open[], { name, before }: Element): Done {
  const current = open.at(-1);
  if (!isContainer(name)) {
    if (current) addScalar(current, name, before);
    return null;
  }
  if (current?.name !== name) return { value: undefined };
  open.pop();
  const value = name === "plist" ? current.items[0] : finished(current);
  const around = open.at(-1);
  if (!around) return { value };
  if (value !== undefined) around.items.push(value);
  return null;
}

const isContainer = (name: string): name is Open["name"] =>
  name === "array" || name === "dict" || name === "plist";

function finished({ name, items, keys }: Open): PlistValue {
  if (name !== "dict") return items;
  // A map of outside keys has no prototype.
  const dict: Record<string, PlistValue> = Object.create(null);
  for (const [index, key] of keys.entries()) {
    const value = items[index];
    if (value !== undefined) dict[key] = value;
  }
  return dict;
}

function addScalar(current: Open, name: string, content: string): void {
  if (name === "key") {
    // A key without a value before this one has none.
    current.keys.length = current.items.length;
    current.keys.push(unescaped(content));
    return;
  }
  current.items.push(scalarOf(name, content));
}

function scalarOf(name: string, content: string): PlistValue {
  switch (name) {
    case "true":
      return true;
    case "false":
      return false;
    case "integer":
    case "real": {
      const value = Number(content.trim());
      return Number.isFinite(value) ? value : content.trim();
    }
    case "data":
      return content.replaceAll(/\s/g, "");
    default:
      return unescaped(content);
  }
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(/&(#x?[0-9a-fA-F]{1,6}|\w{1,8});/g, (whole, name: string) => {
    if (!name.startsWith("#")) return Object.hasOwn(entities, name) ? (entities[name] ?? whole) : whole;
    const code = name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Members of a dictionary by what they hold; anything else there is as good as missing. */
export const dictAt = (value: PlistValue | undefined, key: string): PlistDict | undefined => {
  const member = memberOf(value, key);
  return isDict(member) ? member : undefined;
};
export const listAt = (value: PlistValue | undefined, key: string): readonly PlistValue[] => {
  const member = memberOf(value, key);
  return Array.isArray(member) ? member : [];
};
export const textAt = (value: PlistValue | undefined, key: string): string | undefined => {
  const member = memberOf(value, key);
  return typeof member === "string" && member.trim() !== "" ? member.trim() : undefined;
};
export const numberAt = (value: PlistValue | undefined, key: string): number | undefined => {
  const member = memberOf(value, key);
  return typeof member === "number" ? member : undefined;
};

export const isDict = (value: PlistValue | undefined): value is PlistDict =>
  typeof value === "object" && !Array.isArray(value);

const memberOf = (value: PlistValue | undefined, key: string): PlistValue | undefined =>
  isDict(value) ? value[key] : undefined;
