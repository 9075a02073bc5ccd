/**
 * One page of HTML that needs nothing but itself: no script, nothing from elsewhere, every value escaped, and a policy
 * that forbids the browser the rest.
 */
import { createHash } from "node:crypto";
import { printable } from "@rollcall/host";

/** HTML that was made here; any other text is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | readonly Html[];

/** Text with its parts escaped, but those that are HTML. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(literals.reduce((text, literal, at) => text + textOf(parts[at - 1] ?? "") + literal));
}

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return escaped(String(part));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string =>
  printable(text).replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? "");

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .15rem .75rem .15rem 0; border-bottom: 1px solid #8884; }
details { margin: .5rem 0; } summary { cursor: pointer; font-weight: 600; }
code { font-family: ui-monospace, monospace; } .quiet { opacity: .7; }
`;

/** A whole page of these parts. */
export function page(title: string, parts: readonly Html[]): string {
  const digest = createHash("sha256").update(style).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<h1>${title}</h1>
${parts}
</body>
</html>
`;
  return text;
}

/** A table; one without rows is the words in its place. */
export function tableOf(
  heads: readonly string[],
  rows: readonly (readonly Part[])[],
  otherwise: string,
): Html {
  if (rows.length === 0) return html`<p>${otherwise}</p>`;
  const line = (cells: readonly Html[]) => html`<tr>${cells}</tr>
`;
  return html`<table>
${line(heads.map((head) => html`<th>${head}</th>`))}${rows.map((row) => line(row.map((cell) => html`<td>${cell}</td>`)))}</table>
`;
}
