// What both command lines share: how they write, and how they end.
export { type ColourEnvironment, type Colours, colour, type Styled, type Text } from "./colour.ts";
export { type ExitCode, exitCodes } from "./exit-codes.ts";
export { createOutput, type Output, type OutputOptions } from "./output.ts";
export { printable } from "./printable.ts";
export { type Column, table } from "./table.ts";
