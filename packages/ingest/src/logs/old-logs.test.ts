/** The files of the request log: begun with each day and size, kept in order, removed by day. */
import { readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { removeOldLogs } from "./old-logs.ts";
import { openLog } from "./request-log.ts";

const dayLong = 86_400_000;
const start = Date.parse("2026-01-02T12:00:00Z");

/** Writes a line with a number at a time, into a log whose files are long enough with `mostBytes`. */
async function writeLine(path: string, line: number, at: number, mostBytes: number): Promise<void> {
  const log = await openLog(path, () => at, mostBytes);
  log.removed({ line });
  await log.close();
  utimesSync(path, at / 1_000, at / 1_000);
}

t.test("begins another file by size and by day, loses no line, and removes what is too old", async (t) => {
  const folder = t.testdir({ "requests-mine.log": "" });
  const path = join(folder, "requests.log");
  for (const line of [1, 2, 3]) await writeLine(path, line, start, 1);
  await writeLine(path, 4, start + dayLong, 1_000_000);
  await writeLine(path, 5, start + dayLong, 1_000_000);
  const linesIn = () =>
    Object.fromEntries(
      readdirSync(folder).map((file) => [
        file,
        [...readFileSync(join(folder, file), "utf8").matchAll(/"line":(\d)/g)].map(([, line]) =>
          Number(line),
        ),
      ]),
    );
  const kept = { "requests-mine.log": [], "requests.log": [4, 5] };
  t.strictSame(linesIn(), {
    ...kept,
    "requests-2026-01-02.log": [1],
    "requests-2026-01-02-2.log": [2],
    "requests-2026-01-02-3.log": [3],
  });
  t.equal(await removeOldLogs(path, start), 0, "that day has not ended");
  t.equal(await removeOldLogs(path, start + dayLong), 3);
  t.strictSame(linesIn(), kept);
});
