/** Differences of documents: what came, what went, what is other, each at its place. */
import t from "tap";
import { differenceOf } from "./difference.ts";
import { canonical } from "./json.ts";
import { definition as software } from "./sections/software.deb.ts";
import { definition as system } from "./sections/system.ts";

const deb = (name: string, version: string, others: object = {}) => ({
  architecture: "amd64",
  name,
  version,
  ...others,
});
const list = (...packages: object[]) => ({ packages });

t.test("finds no difference between equal documents", async (t) => {
  const none = { added: [], removed: [], changed: [] };
  t.strictSame(differenceOf(software, list(deb("a", "1")), list(deb("a", "1"))), none);
  t.strictSame(differenceOf(system, {}, {}), none);
});

t.test("tells items that came and went whole, and of those that stayed what changed", async (t) => {
  const was = list(deb("a", "1"), deb("b", "1", { source: "b-src" }), deb("c", "1"));
  const is = list(deb("b", "2", { automatic: true }), deb("c", "1"), deb("d", "1"));
  t.strictSame(differenceOf(software, was, is), {
    added: [
      { place: ["packages", "b", "amd64", "automatic"], value: true },
      { place: ["packages", "d", "amd64"], value: deb("d", "1") },
    ],
    removed: [
      { place: ["packages", "a", "amd64"], value: deb("a", "1") },
      { place: ["packages", "b", "amd64", "source"], value: "b-src" },
    ],
    changed: [{ place: ["packages", "b", "amd64", "version"], was: "1", is: "2" }],
  });
});

t.test("tells one item of each architecture apart", async (t) => {
  const other = { ...deb("a", "1"), architecture: "i386" };
  t.strictSame(differenceOf(software, list(deb("a", "1")), list(deb("a", "1"), other)).added, [
    { place: ["packages", "a", "i386"], value: other },
  ]);
});

t.test("goes into groups, and takes one that came or went as a whole", async (t) => {
  const was = { model: "A", board: { manufacturer: "X", serial: "1" } };
  const is = { model: "B", board: { manufacturer: "X", serial: "2" }, chassis: { type: "notebook" } };
  t.strictSame(differenceOf(system, was, is), {
    added: [{ place: ["chassis"], value: { type: "notebook" } }],
    removed: [],
    changed: [
      { place: ["model"], was: "A", is: "B" },
      { place: ["board", "serial"], was: "1", is: "2" },
    ],
  });
  t.strictSame(differenceOf(system, is, was).removed, [{ place: ["chassis"], value: { type: "notebook" } }]);
});

t.test("finds nothing of what every object has", async (t) => {
  t.equal(
    canonical(differenceOf(system, {}, { model: "toString" }).added),
    '[{"place":["model"],"value":"toString"}]',
  );
});
