/** Items are read as they were told, whatever stands in them. */
import { canonical } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { longItem, shortItem } from "./item-text.ts";

const debian = canonical({
  architecture: "amd64",
  installedSize: 871_424,
  name: "libicu-common",
  purl: "pkg:deb/debian/libicu-common@3.12.13-5%2Bdeb12u1?arch=amd64",
  source: "libicu-common",
  vendor: "Package Maintainers <packages@example.org>",
  version: "3.12.13-5+deb12u1",
});

t.test("say once what a package URL says again", async (t) => {
  const short = shortItem(debian);
  t.equal(longItem(short), debian);
  t.equal(Buffer.byteLength(debian), 248);
  t.equal(Buffer.byteLength(short), 90);
});

t.test("of an earlier version are read as they stand", async (t) => {
  t.equal(longItem(debian), debian);
  t.equal(longItem(""), "");
});

t.test("are what they were, with anything in their members", async (t) => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom(
      "a",
      "a@1",
      "/a@",
      '"',
      "\\",
      "\x1e",
      "\x1f",
      "\x06",
      "%",
      "$&",
      "1%2B2",
      "1+2",
      "?arch=all",
    ),
  );
  const purl = fc.tuple(text, text).map(([name, version]) => `pkg:deb/debian/${name}@${version}?arch=amd64`);
  const item = fc.record(
    {
      architecture: fc.oneof(text, fc.constantFrom("amd64", "all")),
      installedSize: fc.nat(),
      name: text,
      purl: fc.oneof(text, purl),
      source: text,
      vendor: text,
      version: text,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(item, (members) => {
      const whole = canonical(members);
      t.equal(longItem(shortItem(whole)), whole);
    }),
    { numRuns: 2_000 },
  );
});

t.test("never hold what separates them, or what a database takes for the end of a text", async (t) => {
  const short = shortItem(canonical({ name: "a\n\t\r\0", version: "1" }));
  t.notMatch(short, /[\0\t\n\r]/);
});
