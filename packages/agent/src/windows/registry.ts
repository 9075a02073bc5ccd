/**
 * Values of the registry as reg.exe prints them. It starts ten times faster than PowerShell and runs where scripts
 * are not allowed; its letters outside ASCII come in a code page of the console, so it is asked for plain values only.
 */
import type { Look } from "../collecting/collector.ts";

export const reg = "C:\\Windows\\System32\\reg.exe";

export interface RegistryKey {
  /** A text of whatever kind; undefined where there is none. */
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  bytes(name: string): Uint8Array | undefined;
}

/** The values of one key; none where the key is missing. */
export async function readKey(look: Look, key: string): Promise<RegistryKey> {
  const printed = await look.run(reg, ["query", key], { maxBytes: 8 * 2 ** 20 });
  return keyOf(printed?.text ?? "");
}

interface Value {
  readonly kind: string;
  readonly data: string;
}

/** Lines such as `    CurrentBuild    REG_SZ    22631`. */
export function keyOf(printed: string): RegistryKey {
  const values = new Map<string, Value>();
  for (const line of printed.split(/\r?\n/)) {
    const [, name = "", kind = "", data = ""] =
      /^ {4}(\S.{0,255}?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/.exec(line) ?? [];
    if (name !== "") values.set(name.toLowerCase(), { kind, data: data.trim() });
  }
  const dataOf = (name: string, ...kinds: readonly string[]): string | undefined => {
    const value = values.get(name.toLowerCase());
    return value && kinds.includes(value.kind) ? value.data : undefined;
  };
  return {
    text: (name) => dataOf(name, "REG_SZ", "REG_EXPAND_SZ") || undefined,
    number(name) {
      const data = dataOf(name, "REG_DWORD", "REG_QWORD") ?? "";
      return /^0x[0-9a-f]{1,13}$/i.test(data) ? Number(data) : undefined;
    },
    bytes(name) {
      const data = dataOf(name, "REG_BINARY") ?? "";
      return data !== "" && /^(?:[0-9a-f]{2})+$/i.test(data) ? Buffer.from(data, "hex") : undefined;
    },
  };
}
