// The one way by which both programs write to a terminal, a pipe or a file.
import { type ColourEnvironment, type Colours, colour, render, type Text } from "./colour.ts";
import { printableJson } from "./printable.ts";
import { type Column, table } from "./table.ts";

export interface OutputOptions {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Looked at when something is written there for the first time. */
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: ColourEnvironment;
  /** `--json`: stdout carries nothing but lines of JSON. */
  readonly json: boolean;
  /** `--quiet`: no notes. */
  readonly quiet: boolean;
}

/**
 * A command says everything twice, for people (`line`, `table`) and for programs (`json`); which of the two is
 * written is decided here. Whatever is said may come from outside: it is made harmless here, too.
 */
export interface Output {
  /** Whether `--json` was asked for, where that decides more than the form: how much is listed. */
  readonly isJson: boolean;
  /** For `line` and `table`. */
  readonly colour: Colours;
  /** Aborted once nobody reads stdout any more (`… | head`): a command that goes on and on stops then. */
  readonly readerGone: AbortSignal;
  /** One line on stdout, of its parts joined; nothing under `--json`. */
  line(...parts: readonly Text[]): void;
  /** On stdout; nothing under `--json`. */
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void;
  /** One line of JSON on stdout, under `--json` only. */
  json(value: unknown): void;
  /** A remark on stderr, where it is in nobody's way; nothing under `--quiet`. */
  note(text: string): void;
  /** One line on stderr: what went wrong and what to do. */
  error(text: string): void;
}

export function createOutput(options: OutputOptions): Output {
  const { stdout, env, json, quiet } = options;
  const out = openWriter(stdout);
  let opened: Writer | undefined;
  const err = (): Writer => {
    opened ??= openWriter(options.stderr);
    return opened;
  };
  return {
    isJson: json,
    colour: colour(stdout, env),
    readerGone: out.readerGone,
    line(...parts) {
      if (!json) out.writeLine(lineOf(parts));
    },
    table(rows, columns) {
      if (!json) out.writeLine(table(rows, columns));
    },
    json(value) {
      if (json) out.writeLine(printableJson(value));
    },
    note(text) {
      if (!quiet) err().writeLine(lineOf([text]));
    },
    error(text) {
      err().writeLine(lineOf([text]));
    },
  };
}

function lineOf(parts: readonly Text[]): string {
  return parts.map((part) => render(part).text).join("");
}

interface Writer {
  readonly readerGone: AbortSignal;
  writeLine(line: string): void;
}

/** Writes to a stream until its reader leaves, and then to nobody: that is no failure of the command. */
function openWriter(stream: NodeJS.WritableStream): Writer {
  const gone = new AbortController();
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    gone.abort();
  });
  return {
    readerGone: gone.signal,
    writeLine(line) {
      if (!gone.signal.aborted) stream.write(`${line}\n`);
    },
  };
}
