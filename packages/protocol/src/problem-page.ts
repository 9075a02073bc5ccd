/** The table of problems as a page for those who write clients. */
import { row } from "./markdown-row.ts";
import { problems } from "./problem.ts";

/** Every code with its status and title, by status, then by code. */
export function problemsMarkdown(): string {
  const rows = Object.entries(problems)
    .sort(([a, { status: one }], [b, { status: other }]) => one - other || (a < b ? -1 : 1))
    .map(([code, { status, title }]) => row([`\`${code}\``, String(status), title]));
  const lines = [
    "# Problems",
    "",
    "Every error that a caller can act on, made from `packages/protocol/src/problem.ts` by `npm run generate`.",
    "It is the `code` of an `application/problem+json` answer (RFC 9457); `detail` tells what happened this time.",
    "",
    "| code | status | title |",
    "|---|---|---|",
    ...rows,
  ];
  return `${lines.join("\n")}\n`;
}
