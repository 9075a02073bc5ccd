/** What both programs ask of the machine they run on: terminals, exit codes, files that last, local sockets. */
export { removeLeftovers, syncFolder, writeAtomically } from "./atomic-file.ts";
export { type ExitCode, exitCodes } from "./exit-codes.ts";
export { whyNotOwn } from "./own-folder.ts";
export { withSocketPath } from "./socket-path.ts";
export { type ColourEnvironment, type Colours, colour, type Styled, type Text } from "./terminal/colour.ts";
export { createOutput, type Output, type OutputOptions } from "./terminal/output.ts";
export { printable } from "./terminal/printable.ts";
export { type Column, table } from "./terminal/table.ts";
export { wrongUsageInOneLine } from "./terminal/wrong-usage.ts";
export { distrust, isUntrusted, trusting } from "./trust.ts";
