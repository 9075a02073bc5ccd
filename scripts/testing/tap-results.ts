// Reads the TAP of a whole run and says which tests passed, failed and were skipped. It trusts no summary line:
// what a file says of itself in the end counts only as far as its single results agree.
import { Parser, type Result } from "tap-parser";

export interface Point {
  readonly name: string;
  /** What tap tells about it: `at`, `diff`, `stack` …; unknown, for tests can add to it. */
  readonly diagnostics: unknown;
}

export interface Failure {
  /** File, test, test within it … */
  readonly path: readonly string[];
  readonly points: readonly Point[];
}

export interface Skip {
  readonly path: readonly string[];
  readonly reason: string;
}

export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly skips: readonly Skip[];
  readonly milliseconds: number;
  /** Lines that the file wrote to stdout and that are not TAP. */
  readonly output: readonly string[];
}

export interface TapReader {
  write(text: string): void;
  /**
   * Call once the run is over.
   * @returns what concerns no finished file: files of `expected` that gave no result, a run cut off
   */
  end(expected: readonly string[]): Failure[];
}

/** tap's own reason for skipping a file that holds no test; an empty file is a mistake, not a skip. */
const nothingFound = "no tests found";

/** Output kept per file; more is only in the way when something failed. */
const keptLines = 100;

/**
 * One block of TAP: the run, a file, a test, a test within a test. A block with results of its own, or with nothing
 * in it, is a test; one with only tests in it is counted through those. A test that fails through the tests within
 * it alone is not counted again.
 */
class Block {
  readonly path: readonly string[];
  passed = 0;
  readonly failures: Failure[] = [];
  readonly skips: Skip[] = [];

  readonly #parser: Parser;
  readonly #good: string[] = [];
  readonly #bad: Point[] = [];
  #blocks = 0;
  /** Began, and its closing point in this block is yet to come. */
  #open: Block | undefined;
  readonly #onClosed: (block: Block, closing: Result) => void;

  constructor(
    parser: Parser,
    path: readonly string[],
    onClosed: (block: Block, closing: Result) => void = () => {},
  ) {
    this.path = path;
    this.#parser = parser;
    this.#onClosed = onClosed;
    parser.on("child", (child: Parser) => this.#begin(child));
    parser.on("assert", (result: Result) => this.#take(result));
  }

  #begin(child: Parser): void {
    this.#abandon();
    this.#blocks += 1;
    this.#open = new Block(child, [...this.path, plainName(child.name)]);
  }

  /** A block without a closing point of its name: killed, or a line on stdout that looks like TAP closed it. */
  #abandon(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#adopt(open);
    const point = {
      name: "ended without a result; was it killed, or did it write TAP?",
      diagnostics: undefined,
    };
    if (open.failures.length === 0) this.failures.push({ path: open.path, points: [...open.#bad, point] });
  }

  #take(result: Result): void {
    if (this.#open !== undefined && isNameOf(this.#open, result)) this.#close(this.#open, result);
    else if (isSkip(result)) this.skips.push(skipOf(this.path, result));
    else if (result.ok && result.tapError === null) this.#good.push(result.name);
    else this.#bad.push(pointOf(result));
  }

  #close(block: Block, closing: Result): void {
    this.#open = undefined;
    block.#settle(closing);
    this.#adopt(block);
    this.#onClosed(block, closing);
  }

  #adopt(block: Block): void {
    this.passed += block.passed;
    this.failures.push(...block.failures);
    this.skips.push(...block.skips);
  }

  /** Decides what this block is and whether it passed, now that its closing point is known. */
  #settle(closing: Result): void {
    this.#abandon();
    const isFile = this.path.length === 1;
    if (isFile && closing.skip === nothingFound) this.#fail([{ name: nothingFound, diagnostics: undefined }]);
    else if (this.#bad.length > 0) this.#fail(this.#bad);
    else if (isSkip(closing)) this.skips.push(skipOf(this.path.slice(0, -1), closing));
    else if (!this.#agreesWith(closing)) this.#failUnlessExplained(closing);
    else if (this.#good.length > 0 || this.#blocks === 0) this.passed += 1;
  }

  #agreesWith(closing: Result): boolean {
    return closing.ok && closing.tapError === null && this.#parser.results?.ok === true;
  }

  #fail(points: readonly Point[]): void {
    this.failures.push({ path: this.path, points });
  }

  #failUnlessExplained(closing: Result): void {
    if (this.failures.length === 0) this.#fail([pointOf(closing)]);
  }

  /** For the outermost block, which no point closes. */
  finish(): Failure[] {
    const before = this.failures.length;
    this.#abandon();
    const own = this.#bad.map((point) => ({ path: [], points: [point] }));
    const cutOff = this.#parser.results?.ok !== true && own.length === 0 && this.failures.length === 0;
    if (cutOff) own.push({ path: [], points: [{ name: "the run was cut off", diagnostics: undefined }] });
    return [...this.failures.slice(before), ...own];
  }
}

function isSkip(result: Result): boolean {
  return result.skip !== false || result.todo !== false;
}

/** TAP has the reason behind the directive; `t.skip("why")` within a test gives it as the name of the point. */
function skipOf(path: readonly string[], { name, skip, todo }: Result): Skip {
  const given = skip === false ? todo : skip;
  const kind = skip === false ? "to do" : undefined;
  if (typeof given !== "string" || given === "") return { path, reason: kind ?? name };
  return { path: [...path, plainName(name)], reason: kind ? `${kind}: ${given}` : given };
}

/** TAP escapes two characters in a name, and a line break in it leaves the first line only. */
function plainName(name: string): string {
  return name
    .replaceAll(/\\([#\\])/g, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Tolerant, because a name is written in two ways; a block without any name is no test of ours. */
function isNameOf(block: Block, closing: Result): boolean {
  const begun = block.path.at(-1) ?? "";
  const ended = plainName(closing.name);
  if (begun === "" || ended === "") return false;
  return begun.startsWith(ended) || ended.startsWith(begun);
}

function pointOf(result: Result): Point {
  const diagnostics: unknown = result.diag ?? undefined;
  return { name: result.tapError ? `${result.name} (${result.tapError})` : result.name, diagnostics };
}

/** @param onFile called with each file as soon as its last line is read */
export function readTap(onFile: (result: FileResult) => void): TapReader {
  const parser = new Parser();
  const reported = new Set<string>();
  let output: string[] = [];
  parser.on("extra", (text: string) => {
    output = [...output, ...text.trimEnd().split("\n")].slice(-keptLines);
  });
  const run = new Block(parser, [], (block, closing) => {
    reported.add(closing.name);
    const { passed, failures, skips } = block;
    onFile({ file: closing.name, passed, failures, skips, milliseconds: closing.time ?? 0, output });
    output = [];
  });
  return {
    write(text) {
      parser.write(text);
    },
    end(expected) {
      parser.end();
      const missing = expected.filter((file) => !reported.has(file));
      const notRun = missing.map((file) => ({
        path: [file],
        points: [{ name: "gave no result", diagnostics: undefined }],
      }));
      return [...run.finish().filter(({ path }) => !missing.includes(path[0] ?? "")), ...notRun];
    },
  };
}
