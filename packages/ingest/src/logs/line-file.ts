/**
 * Appends lines to a file in the background, in their order. A disk that takes none costs lines, which are counted,
 * and never the server. (The file streams of Node and pino's own end at the first error, or never end at all.)
 */

import { type FileHandle, open, rename } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

/** How long lines are gathered behind a write; milliseconds. */
const gathering = 20;

/** Lines that wait for a slow disk; further ones are lost. */
const mostWaiting = 65_536;

export class LineFile {
  readonly #path: string;
  #file: FileHandle;
  readonly #asideAs: () => string | null;
  readonly #tellLost: (lines: number) => string;
  #waiting: string[] = [];
  #lost = 0;
  #writing: Promise<void> | null = null;
  #closed: Promise<void> | null = null;

  /**
   * `tellLost` makes the line that stands where lines were lost. Before each write `asideAs` is asked for the path
   * that the file is put aside as, to begin a new one; null goes on with it.
   */
  static async open(
    path: string,
    tellLost: (lines: number) => string,
    asideAs: () => string | null = () => null,
  ): Promise<LineFile> {
    return new LineFile(path, await appending(path), tellLost, asideAs);
  }

  private constructor(
    path: string,
    file: FileHandle,
    tellLost: (lines: number) => string,
    asideAs: () => string | null,
  ) {
    this.#path = path;
    this.#file = file;
    this.#asideAs = asideAs;
    this.#tellLost = tellLost;
  }

  /** `line` ends with a line break. After `close` it goes nowhere. */
  write(line: string): void {
    if (this.#closed) return;
    if (this.#waiting.length >= mostWaiting) this.#lost++;
    else this.#waiting.push(line);
    this.#writing ??= this.#drain();
  }

  /** Resolves when every line so far is in the file, or lost. */
  async settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  /** The same, and lets go of the file. */
  close(): Promise<void> {
    this.#closed ??= this.settled().then(() => this.#file.close());
    return this.#closed;
  }

  async #drain(): Promise<void> {
    // What is told in the same turn is written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      await this.#append(lines);
      // A write for each line would cost as much as a check-in does.
      await wait(gathering);
    }
    this.#writing = null;
  }

  async #putAside(as: string | null): Promise<void> {
    if (as === null) return;
    await rename(this.#path, as);
    const full = this.#file;
    this.#file = await appending(this.#path);
    await full.close();
  }

  async #append(lines: readonly string[]): Promise<void> {
    const lost = this.#lost;
    // The last line before the loss may have been cut.
    const told = lost > 0 ? `\n${this.#tellLost(lost)}\n` : "";
    try {
      await this.#putAside(this.#asideAs());
      await this.#file.appendFile(told + lines.join(""));
      this.#lost -= lost;
    } catch {
      this.#lost += lines.length;
    }
  }
}

/** The file to append to, for its owner alone. */
async function appending(path: string): Promise<FileHandle> {
  const file = await open(path, "a", 0o600);
  await file.chmod(0o600);
  return file;
}
