// The counting of test results, on TAP as tap writes it, the broken kinds included.
import t from "tap";
import { type Failure, type FileResult, readTap } from "./tap-results.ts";

/** In pieces as small as a pipe may hand over. */
function read(tap: string, expected: readonly string[]) {
  const files: FileResult[] = [];
  const reader = readTap((file) => files.push(file));
  for (let at = 0; at < tap.length; at += 7) reader.write(tap.slice(at, at + 7));
  const failures = reader.end(expected);
  return {
    files: files.map(({ file, passed, failures, skips }) => ({
      file,
      passed,
      failures: failures.map(brief),
      skips: skips.map(({ path, reason }) => `${path.join(" > ")}: ${reason}`),
    })),
    failures: failures.map(brief),
  };
}

function brief({ path, points }: Failure): string {
  return [path.join(" > "), ...points.map(({ name }) => name)].join(" | ");
}

const passing = `TAP version 14
1..1
# Subtest: a.test.ts
    # Subtest: adds
        ok 1 - should be equal
        ok 2 - should be equal
        1..2
    ok 1 - adds # time=4.311ms

    # Subtest: escapes \\# and \\\\
        1..0
    ok 2 - escapes \\# and \\\\ # time=1ms

    # Subtest: outer
        # Subtest: inner
            ok 1 - x
            1..1
        ok 1 - inner # time=0.787ms
        1..1
    ok 3 - outer # time=1ms
    1..3
    # time=75.7ms
ok 1 - a.test.ts # time=75.7ms
# { total: 3, pass: 3 }
`;

t.test("counts tests, not what each of them asserts, nor what only holds tests", async (t) => {
  t.same(read(passing, ["a.test.ts"]), {
    files: [{ file: "a.test.ts", passed: 3, failures: [], skips: [] }],
    failures: [],
  });
});

t.test("keeps what tap tells about a failure, and the time", async (t) => {
  const tap = `TAP version 14
# Subtest: a.test.ts
    this is no TAP
    # Subtest: adds
        not ok 1 - should be equal
          ---
          diff: |
            -1
            +2
          at:
            fileName: a.test.ts
            lineNumber: 3
          ...
        1..1
    not ok 1 - adds # time=4ms
      ---
      at:
        fileName: a.test.ts
      ...
    1..1
not ok 1 - a.test.ts # time=12.5ms
1..1
`;
  const files: FileResult[] = [];
  const reader = readTap((file) => files.push(file));
  reader.write(tap);
  t.same(reader.end(["a.test.ts"]), []);
  const diagnostics = { diff: "-1\n+2\n", at: { fileName: "a.test.ts", lineNumber: 3 } };
  t.same(files, [
    {
      file: "a.test.ts",
      passed: 0,
      failures: [{ path: ["a.test.ts", "adds"], points: [{ name: "should be equal", diagnostics }] }],
      skips: [],
      milliseconds: 12.5,
      output: ["    this is no TAP"],
    },
  ]);
});

t.test("lists skips with their reasons, however they were written", async (t) => {
  const tap = `TAP version 14
# Subtest: a.test.ts
    ok 1 - needs a server # SKIP no postgres here
    # Subtest: needs a receiver
        1..0 # no gpsd here
    ok 2 - needs a receiver # SKIP no gpsd here
    # Subtest: partly
        ok 1 - y
        ok 2 - no gps # SKIP
        1..2
    ok 3 - partly # time=1ms
    ok 4 - planned # TODO when there is a receiver
    1..4
ok 1 - a.test.ts # time=1ms
# Subtest: b.test.ts
    1..0 # not on this system
ok 2 - b.test.ts # SKIP not on this system
1..2
`;
  t.same(read(tap, ["a.test.ts", "b.test.ts"]), {
    files: [
      {
        file: "a.test.ts",
        passed: 1,
        failures: [],
        skips: [
          "a.test.ts > needs a server: no postgres here",
          "a.test.ts > needs a receiver: no gpsd here",
          "a.test.ts > partly: no gps",
          "a.test.ts > planned: to do: when there is a receiver",
        ],
      },
      { file: "b.test.ts", passed: 0, failures: [], skips: ["b.test.ts: not on this system"] },
    ],
    failures: [],
  });
});

t.test("fails a file that crashed after its tests had passed", async (t) => {
  const tap = `TAP version 14
1..1
# Subtest: a.test.ts
    # Subtest: adds
        ok 1 - k
        1..1
    ok 1 - adds # time=6ms
    1..1
not ok 1 - a.test.ts # time=111ms
  ---
  exitCode: 3
  ...
`;
  t.same(read(tap, ["a.test.ts"]).files, [
    { file: "a.test.ts", passed: 1, failures: ["a.test.ts | a.test.ts"], skips: [] },
  ]);
});

t.test("fails a file that was killed within a test", async (t) => {
  const tap = `TAP version 14
1..1
# Subtest: a.test.ts
    # Subtest: adds
        ok 1 - k
    1..0 # no tests found
        # test count(1) != plan(null)
not ok 1 - a.test.ts # time=282ms
  ---
  signal: SIGKILL
  ...
`;
  t.same(read(tap, ["a.test.ts"]).files, [
    {
      file: "a.test.ts",
      passed: 0,
      failures: ["a.test.ts > adds | ended without a result; was it killed, or did it write TAP?"],
      skips: [],
    },
  ]);
});

t.test("fails a test that ran out of time, once", async (t) => {
  const tap = `TAP version 14
1..1
# Subtest: a.test.ts
    # Subtest: hangs
        ok 1 - k
        not ok 2 - timeout!
          ---
          signal: SIGALRM
          ...
        1..2
    not ok 1 - hangs # time=3007ms
    1..1
not ok 1 - a.test.ts # time=3015ms
`;
  t.same(read(tap, ["a.test.ts"]), {
    files: [{ file: "a.test.ts", passed: 0, failures: ["a.test.ts > hangs | timeout!"], skips: [] }],
    failures: [],
  });
});

t.test("fails a file without a test in it", async (t) => {
  const tap = `TAP version 14
1..1
# Subtest: a.test.ts
    1..0 # no tests found
ok 1 - a.test.ts # SKIP no tests found
`;
  t.same(read(tap, ["a.test.ts"]).files, [
    { file: "a.test.ts", passed: 0, failures: ["a.test.ts | no tests found"], skips: [] },
  ]);
});

t.test("fails a file that the run never came to", async (t) => {
  const tap = `${passing.replace("1..1\n#", "1..2\n#")}not ok 2 - timeout!
  ---
  expired: c.test.ts
  ...
`;
  t.same(read(tap, ["a.test.ts", "b.test.ts"]).failures, [" | timeout!", "b.test.ts | gave no result"]);
});

t.test("believes no summary against the single results", async (t) => {
  const tap = `TAP version 14
1..1
# Subtest: a.test.ts
    # Subtest: adds
        not ok 1 - should be equal
        1..1
    ok 1 - adds # time=1ms
    1..1
ok 1 - a.test.ts # time=1ms
# { total: 1, pass: 1 }
`;
  t.same(read(tap, ["a.test.ts"]).files, [
    { file: "a.test.ts", passed: 0, failures: ["a.test.ts > adds | should be equal"], skips: [] },
  ]);
});

t.test("is not fooled by a test that prints TAP", async (t) => {
  const tap = `TAP version 14
1..1
# Subtest: a.test.ts
    # Subtest: hides
    ok 1 - all fine
        not ok 1 - should be equal
        1..1
    not ok 1 - hides # time=1ms
    1..1
not ok 1 - a.test.ts # time=1ms
`;
  const ended = "ended without a result; was it killed, or did it write TAP?";
  t.same(read(tap, ["a.test.ts"]).files, [
    {
      file: "a.test.ts",
      passed: 0,
      failures: [
        `a.test.ts >  | should be equal | ${ended}`,
        "a.test.ts | hides (test point id 1 appears multiple times)",
      ],
      skips: [],
    },
  ]);
});

t.test("fails a run that was cut off", async (t) => {
  const half = passing.slice(0, passing.indexOf("    # Subtest: outer"));
  t.same(read(half, ["a.test.ts"]), { files: [], failures: ["a.test.ts | gave no result"] });
  t.same(read("", []), { files: [], failures: [] });
  t.same(read("TAP version 14\n1..2\n", []), { files: [], failures: [" | the run was cut off"] });
});
