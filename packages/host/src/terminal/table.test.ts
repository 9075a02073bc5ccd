// Tables: aligned for the eye, whatever stands in them.
import t from "tap";
import { colour } from "./colour.ts";
import { type Column, table } from "./table.ts";

const nameAndSize: Column<{ name: string; size: number | null }>[] = [
  { title: "NAME", value: (row) => row.name },
  { title: "SIZE", value: (row) => row.size, align: "right" },
];

t.test("aligns columns under their titles", async (t) => {
  const rows = [
    { name: "laptop-07", size: 8 },
    { name: "pc", size: 1024 },
  ];
  t.equal(table(rows, nameAndSize), ["NAME       SIZE", "laptop-07     8", "pc         1024"].join("\n"));
});

t.test("shows titles alone where there are no rows", async (t) => {
  t.equal(table([], nameAndSize), "NAME  SIZE");
});

t.test("shows a value that is not there as a dash", async (t) => {
  t.equal(table([{ name: "", size: null }], nameAndSize), "NAME  SIZE\n-        -");
});

t.test("counts wide and combining characters as a terminal does", async (t) => {
  const rows = [
    { name: "日本", size: 1 },
    { name: "e\u0301te\u0301", size: 2 },
    { name: "💻", size: 3 },
  ];
  t.equal(
    table(rows, nameAndSize),
    ["NAME  SIZE", "日本     1", "e\u0301te\u0301      2", "💻       3"].join("\n"),
  );
});

t.test("keeps a row on one line", async (t) => {
  t.equal(table([{ name: "a\nb", size: 1 }], nameAndSize), "NAME      SIZE\na\\u000ab     1");
});

t.test("does not count colours", async (t) => {
  const { red } = colour({ isTTY: true }, {});
  const columns = [
    { title: "STATE", value: (state: string) => red(state) },
    { title: "NEXT", value: () => "x" },
  ];
  t.equal(table(["bad"], columns), "STATE  NEXT\n\u001b[31mbad\u001b[39m    x");
});
