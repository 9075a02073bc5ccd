// The page of problems: one row for every code, in order.
import t from "tap";
import { problems } from "./problem.ts";
import { problemsMarkdown } from "./problem-page.ts";

t.test("has one row for every code with its status and title, by status and code", async (t) => {
  const cells = [...problemsMarkdown().matchAll(/^\| `([^`]+)` \| (\d+) \| (.+) \|$/gm)];
  const rows = cells.map(([, code, status, title]) => ({ code, status: Number(status), title }));
  t.strictSame(Object.fromEntries(rows.map(({ code, ...problem }) => [code, problem])), problems);
  t.equal(rows.length, Object.keys(problems).length);
  const order = rows.map(({ status, code }) => `${status} ${code}`);
  t.strictSame(order, order.toSorted());
});
