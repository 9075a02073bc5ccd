/**
 * What systeminfo.exe prints in English: a line for each fact, further ones set in below it. Its dates are written as
 * the person's settings have it, so that nobody can tell the day from the month: they are not read.
 */
import { present } from "../collecting/collector.ts";

export const systemInfo = "C:\\Windows\\System32\\systeminfo.exe";

export interface SystemInfo {
  readonly hostname?: string;
  readonly name?: string;
  /** Such as 19042. */
  readonly build?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  /** The domain or, where there is none, undefined. */
  readonly domain?: string;
  /** Installed updates, such as KB4578968. */
  readonly updates: readonly string[];
}

export function parseSystemInfo(printed: string): SystemInfo {
  const facts = new Map<string, string>();
  const updates: string[] = [];
  for (const line of printed.split(/\r?\n/)) {
    const [, key, value = ""] = /^(\w[^:]{0,60}):\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined) facts.set(key, value.trim());
    const update = /^\s+\[\d+\]: (KB\d{5,9})\s*$/.exec(line)?.[1];
    if (update !== undefined) updates.push(update);
  }
  const fact = (key: string) => facts.get(key) || undefined;
  const domain = fact("Domain");
  return {
    ...present({
      hostname: fact("Host Name"),
      // The maker before it stands in a fact of its own.
      name: fact("OS Name")?.replace(/^Microsoft /, ""),
      build: /\bBuild (\d{4,6})\b/.exec(fact("OS Version") ?? "")?.[1],
      manufacturer: fact("System Manufacturer"),
      model: fact("System Model"),
      domain: domain === undefined || /^WORKGROUP$/i.test(domain) ? undefined : domain,
    }),
    updates,
  };
}
