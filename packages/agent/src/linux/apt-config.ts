/** apt.conf(5): settings by their whole names, in lower case, as `apt-config dump` prints them. */
import type { Look } from "../collecting/collector.ts";

const paths = { main: "/etc/apt/apt.conf", folder: "/etc/apt/apt.conf.d" } as const;

export const aptConfigSources: readonly string[] = Object.values(paths);

/** Lists have several values, single settings the last one last. */
export type AptConfig = ReadonlyMap<string, readonly string[]>;

export function readAptConfig(look: Look): AptConfig {
  // Other names are passed over by apt, too.
  const names = look
    .names(paths.folder)
    .filter((name) => /^[\w-]+(\.conf)?$/.test(name))
    .slice(0, mostFiles);
  const texts = [...names.map((name) => look.text(`${paths.folder}/${name}`)), look.text(paths.main)];
  return parseAptConfig(texts.map((text) => text ?? ""));
}

/** A quoted word, a comment, which may never end, a mark, or a bare word. */
const token = /"([^"\n]*)"|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[{};]|[^\s"{};#]+/g;
const mostFiles = 1_000;
const mostTokens = 100_000;

export function parseAptConfig(texts: readonly string[]): Map<string, string[]> {
  const config = new Map<string, string[]>();
  for (const text of texts) parseInto(config, text);
  return config;
}

function parseInto(config: Map<string, string[]>, text: string): void {
  const scopes: string[] = [];
  let name = "";
  let value: string | undefined;
  let tokens = 0;
  const settle = () => {
    const key = [...scopes, ...(name === "" ? [] : [name])].join("::").toLowerCase().replace(/::$/, "");
    if (value !== undefined && key !== "") config.set(key, [...(config.get(key) ?? []), value]);
    name = "";
    value = undefined;
  };
  for (const [whole, quoted] of text.matchAll(token)) {
    if (++tokens > mostTokens) return;
    if (whole === ";") settle();
    else if (whole === "{") {
      scopes.push(name);
      name = "";
    } else if (whole === "}") {
      settle();
      scopes.pop();
    } else if (/^(\/\/|\/\*|#)/.test(whole)) {
      // `#clear NAME;` is not followed: nothing that is asked here is ever cleared.
    } else if (quoted !== undefined) value = quoted;
    else if (name === "") name = whole;
    else value = whole;
  }
}

/** The last value of a setting. */
export const aptSetting = (config: AptConfig, name: string): string | undefined => config.get(name)?.at(-1);
