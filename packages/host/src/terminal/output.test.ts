// The output of both programs, on real streams and through a real pipe.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import t from "tap";
import { createOutput } from "./output.ts";

interface Modes {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly isTTY?: boolean;
  readonly env?: { NO_COLOR?: string };
}

function recorded({ json = false, quiet = false, isTTY = false, env = {} }: Modes = {}) {
  const stdout = Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY });
  const stderr = new PassThrough({ encoding: "utf8" });
  const output = createOutput({ stdout, stderr, env, json, quiet });
  const read = (stream: PassThrough): string => stream.read() ?? "";
  return { output, written: () => ({ stdout: read(stdout), stderr: read(stderr) }) };
}

function sayEverything({ output }: ReturnType<typeof recorded>): void {
  output.line("one ", output.colour.green("line"));
  output.table([{ name: "pc" }], [{ title: "NAME", value: (row) => row.name }]);
  output.json({ name: "pc" });
  output.note("a note");
  output.error("an error");
}

t.test("writes for people unless told otherwise", async (t) => {
  const run = recorded();
  sayEverything(run);
  t.same(run.written(), { stdout: "one line\nNAME\npc\n", stderr: "a note\nan error\n" });
});

t.test("writes JSON and nothing else to stdout under --json", async (t) => {
  const run = recorded({ json: true });
  sayEverything(run);
  t.same(run.written(), { stdout: '{"name":"pc"}\n', stderr: "a note\nan error\n" });
});

t.test("keeps notes to itself under --quiet", async (t) => {
  const run = recorded({ quiet: true });
  sayEverything(run);
  t.same(run.written(), { stdout: "one line\nNAME\npc\n", stderr: "an error\n" });
});

t.test("colours on a terminal, unless NO_COLOR is set", async (t) => {
  const said = (modes: Modes) => {
    const run = recorded(modes);
    run.output.line(run.output.colour.red("no"));
    return run.written().stdout;
  };
  t.equal(said({ isTTY: true }), "\u001b[31mno\u001b[39m\n");
  t.equal(said({ isTTY: true, env: { NO_COLOR: "1" } }), "no\n");
  t.equal(said({ isTTY: false }), "no\n");
});

/** Written as ranges, apart from the classes that the program uses. */
const forbidden = [
  [0x00, 0x09],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xe0000, 0xe007f],
] as const;

function isForbidden(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return forbidden.some(([from, to]) => code >= from && code <= to);
}

/** Text of which the dangerous characters are a good part. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.string({ unit: "binary", maxLength: 1 }),
    fc
      .constantFrom(...forbidden)
      .chain(([from, to]) => fc.integer({ min: from, max: to }).map((code) => String.fromCodePoint(code))),
    fc.constant("\n"),
  ),
});

t.test("never writes a control or bidirectional character, nor a line break of others", async (t) => {
  fc.assert(
    fc.property(hostile, fc.boolean(), (text, json) => {
      const run = recorded({ json });
      run.output.line(text, run.output.colour.bold(text));
      run.output.table([text], [{ title: text, value: (row) => row }]);
      run.output.json({ [text]: [text] });
      run.output.note(text);
      run.output.error(text);
      const { stdout, stderr } = run.written();
      t.same([...(stdout + stderr)].filter(isForbidden), []);
      t.equal(stdout.split("\n").length - 1, json ? 1 : 3);
      t.equal(stderr.split("\n").length - 1, 2);
    }),
  );
});

const endlessWriter = `
  import { createOutput } from ${JSON.stringify(new URL("./output.ts", import.meta.url).href)};
  const { stdout, stderr, env } = process;
  const output = createOutput({ stdout, stderr, env, json: false, quiet: false });
  const timer = setInterval(() => output.line("again"), 1);
  output.readerGone.addEventListener("abort", () => clearInterval(timer));
`;

t.test("ends quietly when its reader leaves", async (t) => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", endlessWriter], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  await once(child.stdout, "data");
  child.stdout.destroy();
  t.same(await once(child, "close"), [0, null]);
  t.equal(complaints, "");
});

t.test("passes on every other failure to write", async (t) => {
  const stdout = new PassThrough();
  createOutput({ stdout, stderr: new PassThrough(), env: {}, json: false, quiet: false });
  const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  t.throws(() => stdout.emit("error", full), full);
});
