/** The line that everybody who logs in is shown, as long as this device is enrolled. */
import { chmodSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "@rollcall/host";
import type { NoticePlaces } from "./places.ts";

type Places = Pick<NoticePlaces, "messages">;

const fileIn = ({ messages }: Places): string => join(messages, "rollcall-agent");

/** Readable by everybody, whatever the agent's own files are. */
const [openFolder, openFile] = [0o755, 0o644];

export function writeLoginMessage(places: Places, lines: readonly string[]): void {
  const text = `${lines.join("\n")}\n`;
  const file = fileIn(places);
  if (textOf(file) === text) return;
  const made = mkdirSync(places.messages, { recursive: true });
  if (made !== undefined) chmodSync(places.messages, openFolder);
  writeAtomically(file, text);
  chmodSync(file, openFile);
}

export const removeLoginMessage = (places: Places): void => rmSync(fileIn(places), { force: true });

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
