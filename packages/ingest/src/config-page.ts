/** The configuration table as a page for those who run a server. */
import { markdownRow } from "@rollcall/protocol";
import { type ConfigKey, configKeys } from "./config.ts";

const bounds = (key: ConfigKey) =>
  "longest" in key ? `up to ${key.longest} characters` : `${key.least} – ${key.most}`;

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
