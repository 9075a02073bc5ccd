// What machines tell is made to fit: whatever a collector says, what is left passes the definition.
import { allSections, normalise, sectionNamed } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { fit } from "./fit.ts";

function fitting(section: string, found: unknown) {
  const definition = sectionNamed(section);
  if (!definition) throw new Error(`there is no section ${section}`);
  return fit(definition, found);
}

const leftOut = (...paths: string[]) =>
  paths.map((path) => `${path} was left out: what was found there does not fit`);

t.test("keeps what fits and leaves out what does not, each with a note", async (t) => {
  const found = { id: 5, name: "Debian", version: "", bootMode: "steam", installedAt: "once", unheardOf: 1 };
  const { document, notes } = fitting("operating-system", { ...found, uptimeSeconds: 4 });
  t.same(document, { name: "Debian" });
  t.same(notes, leftOut("id", "installedAt", "bootMode"));
  t.same(fitting("processor", { cores: 1.5, threads: -1, architecture: "x86_64" }).document, {
    architecture: "x86_64",
  });
});

t.test("leaves out of a list what has no key, and of a set what is no text", async (t) => {
  const eth0 = { name: "eth0", speed: null, addresses: ["10.0.0.1/8", "", 7, "a\u0000b"] };
  const { document, notes } = fitting("network", { interfaces: [eth0, { type: "ethernet" }, null, "lo"] });
  t.same(document, { interfaces: [{ name: "eth0", addresses: ["10.0.0.1/8", "ab"] }] });
  t.same(notes, [...leftOut("interfaces[].speed", "interfaces[].addresses"), "interfaces: 3 were left out"]);
});

t.test("cuts texts that are too long, and none within a character", async (t) => {
  const { document, notes } = fitting("system", {
    model: "m".repeat(300),
    uuid: `${"u".repeat(35)}\u{1f600}`,
    board: { model: "\ud800x" },
  });
  t.same(document, { model: "m".repeat(256), uuid: "u".repeat(35), board: { model: "\ufffdx" } });
  t.same(notes, ["model was cut to 256 characters", "uuid was cut to 36 characters"]);
});

t.test("has no document when nothing is left", async (t) => {
  for (const nothing of [null, undefined, 5, "text", [], {}, { model: "" }, { board: {} }])
    t.notOk(fitting("system", nothing).document, JSON.stringify(nothing));
});

t.test("makes anything at all fit any definition", async () => {
  const anything = fc.oneof(fc.anything({ maxDepth: 2 }), fc.string(), fc.double());
  const some = (names: readonly string[], values: fc.Arbitrary<unknown>) =>
    fc.record(Object.fromEntries(names.map((name) => [name, values])), { requiredKeys: [] });
  for (const definition of allSections) {
    const inner = definition.flat.map(({ names }) => names.at(-1) ?? "");
    const members = some(inner, anything);
    const lists = some(Object.keys(definition.fields), fc.oneof(members, fc.array(members)));
    fc.assert(
      fc.property(fc.oneof(members, lists, anything), (found) => {
        const { document } = fit(definition, found);
        if (document) definition.document.parse(normalise(definition, document));
      }),
      { numRuns: 150 },
    );
  }
});
