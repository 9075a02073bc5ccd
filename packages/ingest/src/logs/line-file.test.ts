/** Lines in a file: all of them, in order, and a count where a disk took none. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { LineFile } from "./line-file.ts";

const tellLost = (lines: number) => `lost ${lines}`;

t.test("has every line in order when it is closed, whenever they were told", async (t) => {
  const path = join(t.testdir({}), "lines");
  const file = await LineFile.open(path, tellLost);
  const lines = Array.from({ length: 3_000 }, (_, number) => `line ${number} ${"x".repeat(number % 97)}\n`);
  for (const [number, line] of lines.entries()) {
    file.write(line);
    if (number % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all([file.close(), file.close()]);
  t.equal(readFileSync(path, "utf8"), lines.join(""));
  file.write("too late\n");
  t.equal(readFileSync(path, "utf8"), lines.join(""));
});

t.test("goes on behind what is there", async (t) => {
  const path = join(t.testdir({ lines: "before\n" }), "lines");
  const file = await LineFile.open(path, tellLost);
  file.write("after\n");
  await file.close();
  t.equal(readFileSync(path, "utf8"), "before\nafter\n");
});

/** Writes until a line is cut, makes room, and goes on. */
const fill = `
  import { statSync, truncateSync } from "node:fs";
  import { LineFile } from ${JSON.stringify(new URL("./line-file.ts", import.meta.url).href)};
  const path = process.argv[1];
  process.on("SIGXFSZ", () => {});
  const file = await LineFile.open(path, (lines) => "lost " + lines);
  const line = "x".repeat(999) + "\\n";
  while (statSync(path).size % line.length === 0) {
    file.write(line);
    await file.settled();
  }
  truncateSync(path, 0);
  file.write("after\\n");
  await file.close();
`;

t.test("goes on when the disk was full, and tells how much was lost", { skip: notLinux() }, async (t) => {
  const path = join(t.testdir({}), "lines");
  const limited = 'ulimit -f 16; exec "$0" "$@"';
  const node = [process.execPath, "--input-type=module", "--eval", fill, path];
  const { status, stderr } = spawnSync("sh", ["-c", limited, ...node], { encoding: "utf8" });
  t.same([status, stderr], [0, ""]);
  t.equal(readFileSync(path, "utf8"), "\nlost 1\nafter\n");
});

function notLinux(): string | false {
  return process.platform === "linux" ? false : "the limit is set as on Linux";
}
