/** The table of metrics as a page for those who watch a server. */
import { markdownRow } from "@rollcall/protocol";
import { type MetricKind, metricTable } from "./table.ts";

/** Every metric with kind, labels and meaning, in the table's order. */
export function metricsMarkdown(): string {
  const rows = Object.entries<MetricKind>(metricTable).map(([name, { kind, labels = [], is }]) =>
    markdownRow([`\`${name}\``, kind, labels.map((label) => `\`${label}\``).join(", "), is]),
  );
  const lines = [
    "# Metrics",
    "",
    "What `GET /metrics` tells, made from `packages/ingest/src/metrics/table.ts` by `npm run generate`;",
    "[operations.md](operations.md) says how to switch it on and who may read it. Labels come from closed lists: no",
    "metric names a device, an account, an address, or anything that somebody sent.",
    "",
    "| metric | kind | labels | meaning |",
    "|---|---|---|---|",
    ...rows,
  ];
  return `${lines.join("\n")}\n`;
}
