// Colours, for terminals only. What is styled here has passed `printable` first, so that the control sequences
// in it are certainly ours.
import { styleText } from "node:util";
import { printable } from "./printable.ts";
import { textWidth } from "./text-width.ts";

/** As `process.env`, of which only NO_COLOR is read. */
export interface ColourEnvironment {
  readonly NO_COLOR?: string | undefined;
}

/** A piece of text with its style; only `colour` makes one. */
export class Styled {
  /** As it goes to the terminal. */
  readonly text: string;
  /** Columns it takes there. */
  readonly width: number;

  private constructor(text: string, width: number) {
    this.text = text;
    this.width = width;
  }

  static of(text: string, style: Style | undefined): Styled {
    const safe = printable(text);
    const shown = style === undefined ? safe : styleText(style, safe, { validateStream: false });
    return new Styled(shown, textWidth(safe));
  }
}

/** What can be written: text of whatever origin, or a styled piece. */
export type Text = string | Styled;

const styles = ["bold", "dim", "red", "green", "yellow", "cyan"] as const;
type Style = (typeof styles)[number];

export type Colours = Readonly<Record<Style, (text: string) => Styled>>;

/**
 * The styling functions for a stream. Where it is no terminal, or NO_COLOR is set, they style nothing.
 *
 * @example output.line("state: ", colour(process.stdout, process.env).green("enrolled"))
 */
export function colour(stream: { readonly isTTY?: boolean }, env: ColourEnvironment): Colours {
  const active = stream.isTTY === true && !env.NO_COLOR;
  const styled = (style: Style) => (text: string) => Styled.of(text, active ? style : undefined);
  return {
    bold: styled("bold"),
    dim: styled("dim"),
    red: styled("red"),
    green: styled("green"),
    yellow: styled("yellow"),
    cyan: styled("cyan"),
  };
}

/** What of a text goes to the terminal, and how wide it is there. */
export function render(text: Text): Styled {
  return typeof text === "string" ? Styled.of(text, undefined) : text;
}
