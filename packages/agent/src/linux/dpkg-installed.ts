/** The installed packages in dpkg's status file, by three of their fields: a third of what the whole entries cost. */
import type { Installed } from "./apt-lists.ts";
import { fieldOf } from "./deb822.ts";

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
