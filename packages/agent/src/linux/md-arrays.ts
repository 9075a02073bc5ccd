/** RAID that the kernel makes (md(4)): /proc/mdstat, or the array's own files where that is not there. */
import { type Look, present } from "../collecting/collector.ts";
import { blockFolder } from "./block-devices.ts";

export interface MdArray {
  readonly name: string;
  readonly level?: string;
  readonly state: "active" | "read-only" | "inactive";
  /** Bytes. */
  readonly size?: number;
  /** Members that are missing. */
  readonly degraded?: number;
  readonly rebuilding?: true;
  readonly members: readonly string[];
  readonly failed?: readonly string[];
  readonly spares?: readonly string[];
}

export const mdstatFile = "/proc/mdstat";

export function readMdArrays(look: Look): MdArray[] {
  const stat = look.text(mdstatFile);
  return stat === undefined ? arraysInSys(look) : parseMdstat(stat);
}

/** A paragraph for each array: `md0 : active raid1 sdb1[1] sda1[0](F)`, and lines with blanks in front. */
export function parseMdstat(text: string): MdArray[] {
  const paragraphs = text.split(/\n(?=\S)/, 1_024);
  return paragraphs.flatMap((paragraph) => {
    const [first = "", ...rest] = paragraph.split("\n", 16);
    const [, name, state, how, words = ""] =
      /^(md\S{1,60}) : (active|inactive)(?: \((read-only|auto-read-only)\))?(.*)$/.exec(first) ?? [];
    return name === undefined ? [] : [arrayOf(name, state, how, words.trim(), rest.join("\n"))];
  });
}

function arrayOf(
  name: string,
  state: string | undefined,
  how: string | undefined,
  words: string,
  rest: string,
): MdArray {
  const parts = words === "" ? [] : words.split(/\s+/);
  const level = parts[0]?.includes("[") ? undefined : parts[0];
  const members = parts.flatMap(memberOf);
  const [, wanted, there] = /\[(\d{1,4})\/(\d{1,4})\]/.exec(rest) ?? [];
  const blocks = /^\s+(\d{1,13}) blocks/.exec(rest)?.[1];
  const having = (mark: string) =>
    members.filter(({ marks }) => marks.includes(mark)).map((each) => each.name);
  return present({
    name,
    level: level ?? (rest.includes("super external:") ? "container" : undefined),
    state: stateOf(state === "inactive", how === "read-only"),
    size: blocks === undefined ? undefined : Number(blocks) * 1024,
    degraded: wanted === undefined ? undefined : Math.max(0, Number(wanted) - Number(there)),
    rebuilding: /(recovery|resync|reshape) *=/.test(rest) ? (true as const) : undefined,
    members: members.map((each) => each.name),
    failed: some(having("F")),
    // Those of an array that was not begun are all marked so.
    spares: state === "inactive" ? undefined : some(having("S")),
  });
}

/** What it does between reads and writes moves by itself; the kernel lifts auto-read-only at the first write. */
const stateOf = (isInactive: boolean, isReadOnly: boolean): MdArray["state"] =>
  isInactive ? "inactive" : isReadOnly ? "read-only" : "active";

/** `sda1[0]`, `sdb1[1](F)`; marks: failed, spare, journal, write-mostly, replacement. */
function memberOf(word: string): { readonly name: string; readonly marks: string }[] {
  const [, name, marks = ""] = /^([^[\]]{1,64})\[\d{1,6}\]((?:\([A-Z]\))*)$/.exec(word) ?? [];
  return name === undefined ? [] : [{ name: name.replaceAll("!", "/"), marks }];
}

const some = (names: readonly string[]): readonly string[] | undefined =>
  names.length > 0 ? names : undefined;

function arraysInSys(look: Look): MdArray[] {
  return look
    .names(blockFolder)
    .filter((entry) => /^md/.test(entry))
    .flatMap((name) => {
      const folder = `${blockFolder}/${name}/md`;
      const file = (path: string) => look.text(`${folder}/${path}`)?.trim();
      const state = file("array_state");
      if (state === undefined || state === "clear") return [];
      const members = look.names(folder).filter((entry) => entry.startsWith("dev-"));
      const degraded = /^\d{1,4}$/.exec(file("degraded") ?? "")?.[0];
      const plain = (entries: readonly string[]) =>
        entries.map((entry) => entry.slice("dev-".length).replaceAll("!", "/"));
      const having = (word: string) =>
        some(plain(members.filter((entry) => file(`${entry}/state`)?.split(",").includes(word))));
      return [
        present({
          name,
          level: file("level") || undefined,
          state: stateOf(state === "inactive", state === "readonly"),
          size: sizeIn(look, name),
          degraded: degraded === undefined ? undefined : Number(degraded),
          rebuilding: /^(recover|resync|reshape)$/.test(file("sync_action") ?? "")
            ? (true as const)
            : undefined,
          members: plain(members),
          failed: having("faulty"),
          spares: having("spare"),
        }),
      ];
    });
}

function sizeIn(look: Look, name: string): number | undefined {
  const blocks = Number(/^\d{1,13}$/.exec(look.text(`${blockFolder}/${name}/size`)?.trim() ?? "")?.[0] ?? 0);
  return blocks > 0 ? blocks * 512 : undefined;
}
