/** The configuration table as a page for those who run a server. */
import { markdownRow } from "@rollcall/protocol";
import { type ConfigKey, configKeys } from "./config.ts";

function bounds(key: ConfigKey): string {
  if ("longest" in key && key.someOf) return key.someOf.join(", ");
  if ("longest" in key) return `up to ${key.longest} characters`;
  return "least" in key ? `${key.least} – ${key.most}` : "true or false";
}

/** Every key with default, bounds and meaning, in the table's order. */
export function configurationMarkdown(): string {
  const rows = Object.entries<ConfigKey>(configKeys).map(([name, key]) =>
    markdownRow([`\`${name}\``, `\`${JSON.stringify(key.default)}\``, bounds(key), key.is]),
  );
  const lines = [
    "# Configuration",
    "",
    "Every default that a host may change, made from `packages/ingest/src/config.ts` by `npm run generate`. It stands in",
    '`config.json` in the data directory, flat (`{"sessions.hours": 12}`), and is read at start; `rollcall config check`',
    "tells every key with its value, and what is wrong, without starting anything.",
    "",
    "| key | default | bounds | meaning |",
    "|---|---|---|---|",
    ...rows,
  ];
  return `${lines.join("\n")}\n`;
}
