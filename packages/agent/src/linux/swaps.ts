/** What memory is swapped to: /proc/swaps (proc(5)). */

export interface Swap {
  /** `/dev/dm-1`, or a file. */
  readonly path: string;
  readonly isFile: boolean;
  /** Bytes. */
  readonly size: number;
  readonly used: number;
}

export const swapsFile = "/proc/swaps";

/** Columns: path, `partition` or `file`, size and use in KiB, priority. Blanks in a path are three octal digits. */
export function parseSwaps(text: string): Swap[] {
  return text.split("\n", 1_024).flatMap((line) => {
    const [, path, kind, size, used] =
      /^(\/\S{1,4096})\s+(partition|file)\s+(\d{1,12})\s+(\d{1,12})\s/.exec(line) ?? [];
    if (path === undefined) return [];
    return [
      {
        path: path.replaceAll(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
          String.fromCharCode(Number.parseInt(octal, 8)),
        ),
        isFile: kind === "file",
        size: Number(size) * 1024,
        used: Number(used) * 1024,
      },
    ];
  });
}
