/** What a snap says of itself in meta/snap.yaml (snapcraft.io/docs/snap-format): the few lines that are wanted, read as text. */
import { present } from "../collecting/collector.ts";

export interface SnapYaml {
  readonly version?: string;
  readonly kind?: string;
  readonly confinement?: string;
  readonly architecture?: string;
}

export function parseSnapYaml(text: string): SnapYaml {
  return present({
    version: scalar(text, "version"),
    kind: scalar(text, "type"),
    confinement: scalar(text, "confinement"),
    architecture: firstOf(text, "architectures"),
  });
}

/** The value of a key of the outermost level, in one line. */
function scalar(text: string, key: string): string | undefined {
  const [, value = ""] = new RegExp(`^${key}:[ \\t]+(.*)$`, "m").exec(text) ?? [];
  return unquoted(value);
}

/** Of a list, in brackets or a line for each. */
function firstOf(text: string, key: string): string | undefined {
  const [, inline, line] =
    new RegExp(`^${key}:[ \\t]*(?:\\[([^\\],\\n]*)|\\n[ \\t]*-[ \\t]+(.*)$)`, "m").exec(text) ?? [];
  return unquoted(inline ?? line ?? "");
}

function unquoted(value: string): string | undefined {
  const [, quoted] =
    /^(?:"([^"]*)"|'([^']*)')/.exec(value.trim())?.filter((part) => part !== undefined) ?? [];
  return (quoted ?? value.replace(/\s#.*$/, "")).trim() || undefined;
}
