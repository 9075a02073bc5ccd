/**
 * The ledger of deletions on the disk: one entry a line, appended and fsynced, never changed. What stands behind the
 * last line break is the rest of a write that a crash cut off; nothing of it was reported done.
 */
import { constants, existsSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "@rollcall/host";
import { type LedgerEntry, readEntry, writeEntry } from "./deletion.ts";

export class LedgerFile {
  readonly path: string;
  /** Bytes of whole lines; what is behind them goes with the next append. */
  #size: number;
  #number: number;

  /** Opens the file, which need not be there; with what it holds. Throws when a line of it is not what a server wrote. */
  static open(path: string): { readonly file: LedgerFile; readonly entries: readonly LedgerEntry[] } {
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const entries = whole
      .split("\n")
      .slice(0, -1)
      .map((line, index) => readEntry(line) ?? wrongLine(path, index));
    for (const [index, { number }] of entries.entries()) if (number !== index + 1) wrongLine(path, index);
    return { file: new LedgerFile(path, entries.length, Buffer.byteLength(whole)), entries };
  }

  private constructor(path: string, number: number, size: number) {
    this.path = path;
    this.#number = number;
    this.#size = size;
  }

  /**
   * Appends those that it does not have yet; on the disk when this resolves. After a failure the file is as it was, but
   * for a rest that counts for nothing.
   */
  async append(entries: readonly LedgerEntry[]): Promise<void> {
    const missing = entries.filter(({ number }) => number > this.#number);
    if (missing.length === 0) return;
    const lines = Buffer.from(missing.map((entry) => `${writeEntry(entry)}\n`).join(""));
    const isNew = !existsSync(this.path);
    const file = await open(this.path, constants.O_WRONLY | constants.O_CREAT, 0o600);
    try {
      await file.truncate(this.#size);
      await file.write(lines, 0, lines.length, this.#size);
      await file.sync();
    } finally {
      await file.close();
    }
    if (isNew) syncFolder(dirname(this.path));
    this.#size += lines.length;
    this.#number += missing.length;
  }
}

function wrongLine(path: string, index: number): never {
  throw new Error(
    `line ${index + 1} of ${path} is no entry of a ledger of deletions; put the file back as it was, or the server might bring back what was deleted`,
  );
}
