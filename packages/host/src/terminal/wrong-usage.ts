/** What commander has to say of wrong usage, as the one line that errors of both programs are. */

/** `error: unknown command 'devics'\n(Did you mean devices?)` in one line that says where to look. */
export function wrongUsageInOneLine(message: string): string {
  const words = message
    .replace(/^error: /, "")
    .trim()
    .replaceAll(/\s*\n\s*/g, " ");
  return `${words} (--help tells what there is)`;
}
