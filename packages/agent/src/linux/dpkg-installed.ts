/** The installed packages in dpkg's status file, by three of their fields: a third of what the whole entries cost. */
import type { Installed } from "./apt-lists.ts";

interface InstalledPackages {
  readonly installed: readonly Installed[];
  /** How many an administrator holds back; they are not among the others. */
  readonly held: number;
}

export function parseInstalled(status: string): InstalledPackages {
  const installed: Installed[] = [];
  let held = 0;
  for (let at = 0; at < status.length; ) {
    const blank = status.indexOf("\n\n", at);
    const end = blank === -1 ? status.length : blank;
    const paragraph = status.slice(at, end);
    at = end + 2;
    const [want, , state] = fieldOf(paragraph, "Status").split(" ");
    if (state !== "installed") continue;
    if (want === "hold") held++;
    const [name, version, architecture] = ["Package", "Version", "Architecture"].map((field) =>
      fieldOf(paragraph, field),
    );
    if (want !== "hold" && name && version && architecture) installed.push({ name, version, architecture });
  }
  return { installed, held };
}

function fieldOf(paragraph: string, name: string): string {
  const label = `${name}: `;
  const found = paragraph.startsWith(label) ? 0 : paragraph.indexOf(`\n${label}`) + 1;
  if (found === 0 && !paragraph.startsWith(label)) return "";
  const end = paragraph.indexOf("\n", found);
  return paragraph.slice(found + label.length, end === -1 ? undefined : end).trim();
}
