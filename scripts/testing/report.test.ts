// The words of a test run: others parse its last line, people read the rest.
import t from "tap";
import { describeCheck, describeFile, describeSkip, totals } from "./report.ts";

t.test("ends with the line that others count on", async (t) => {
  t.equal(totals({ passed: 12, failed: 0, skipped: 0 }), "12 passed, 0 failed");
  t.equal(totals({ passed: 1, failed: 2, skipped: 3 }), "1 passed, 2 failed, 3 skipped");
});

t.test("spends one line on a file in which all is well", async (t) => {
  const result = { file: "a.test.ts", passed: 2, failures: [], milliseconds: 1234, output: ["noise"] };
  const skips = [{ path: ["a.test.ts", "b"], reason: "no gpsd here" }];
  t.equal(describeFile({ ...result, skips }), "ok   a.test.ts (2 passed, 0 failed, 1 skipped) 1.2 s");
  t.same(skips.map(describeSkip), ["skipped: a.test.ts > b: no gpsd here"]);
});

t.test("tells of a failure the difference, the place and what the file printed", async (t) => {
  const diagnostics = {
    diff: "-1\n+2\n",
    at: { fileName: "a.test.ts", lineNumber: 3 },
    source: "…",
    hint: [1],
  };
  const failures = [{ path: ["a.test.ts", "adds"], points: [{ name: "should be equal", diagnostics }] }];
  const text = describeFile({
    file: "a.test.ts",
    passed: 0,
    failures,
    skips: [],
    milliseconds: 0,
    output: ["hello"],
  });
  t.equal(
    text,
    [
      "FAIL a.test.ts (0 passed, 1 failed) 0.0 s",
      "    ✗ a.test.ts > adds",
      "        should be equal",
      "            -1",
      "            +2",
      "            hint: [ 1 ]",
      "            a.test.ts:3",
      "    it printed:",
      "    hello",
    ].join("\n"),
  );
});

t.test("shows what a check printed when it failed", async (t) => {
  const check = { name: "types", output: "a.ts: wrong\n", milliseconds: 50 };
  t.equal(describeCheck({ ...check, passed: true }), "ok   types 0.1 s");
  t.equal(describeCheck({ ...check, passed: false }), "FAIL types 0.1 s\n    a.ts: wrong");
});
