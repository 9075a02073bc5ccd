// The one check of a submitted section: known, granted, of its shape, in its size, and placeless.
import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { categoryNames, type LocationLevel, type Purpose } from "./categories.ts";
import { type Giver, type Grant, grantOf, usualPurposes } from "./consent.ts";
import { digestOf, digestOfBytes } from "./digest.ts";
import { list, required, text } from "./fields.ts";
import { canonical } from "./json.ts";
import { limits } from "./limits.ts";
import { defineSection } from "./section.ts";
import { type Consented, checkSection, type SubmittedSection, submittedSection } from "./section-check.ts";
import { statuses } from "./status.ts";
import { anyCharacter } from "./testing/any-character.ts";
import { madeUp } from "./testing/made-up-section.ts";

const giver: Giver = { by: "ada", interactive: true, at: "2026-03-01T12:00:00Z", policyDigest: digestOf({}) };
const hardware = (purposes: readonly Purpose[] = usualPurposes): Grant =>
  grantOf({ category: "hardware", purposes }, "personal", giver);
const location = (level: LocationLevel): Grant =>
  grantOf({ category: "location", level, purposes: usualPurposes }, "personal", giver);

const granted: Consented = { grants: [hardware()], ownership: "personal" };
const submitted = (document: unknown, more: Partial<SubmittedSection> = {}): SubmittedSection => ({
  schema: 3,
  status: "ok",
  document,
  ...more,
});
const check = (section: SubmittedSection, consented = granted) => checkSection(madeUp, section, consented);
const refused = (detail: string, pointer = "") => ({ errors: [{ pointer, detail }] });

const document = { name: "oak", books: [{ title: "Emma", language: "en" }] };
const body = '{"books":[{"language":"en","title":"Emma"}],"name":"oak"}';
const accepted = { status: "ok", body, digest: digestOfBytes(body) };

t.test("gives a granted document in canonical form with its digest", async (t) => {
  t.strictSame(check(submitted(document)), accepted);
  t.strictSame(check(submitted({}, { schema: 1 })), { status: "ok", body: "{}", digest: digestOf({}) });
});

t.test("takes every status, with a document if and only if it is ok", async (t) => {
  const without = statuses.filter((status) => status !== "ok");
  for (const status of without) {
    t.strictSame(check({ schema: 3, status }), { status, body: null, digest: null });
    const both = refused("a document stands there if and only if the status is ok", "/document");
    t.strictSame(check(submitted(document, { status })), both, status);
    t.strictSame(check(submitted(null, { status })), both, status);
  }
  t.strictSame(
    check({ schema: 3, status: "ok" }),
    refused("a document stands there if and only if the status is ok", "/document"),
  );
});

t.test("refuses an unknown section and a newer schema", async (t) => {
  t.strictSame(checkSection(undefined, submitted(document), granted), refused("unknown section"));
  t.strictSame(check(submitted(document, { schema: 4 })), refused("schema 4 is newer than 3", "/schema"));
});

t.test(
  "refuses everything of a category that is not granted for one of its purposes, but that it is not",
  async (t) => {
    const consented = (...grants: readonly Grant[]): Consented => ({ grants, ownership: "organisation" });
    const others = categoryNames
      .filter((category) => category !== "hardware")
      .map((category) => grantOf({ category, purposes: usualPurposes }, "organisation", giver));
    for (const grants of [[], others, [hardware(["security", "trends"])]])
      t.strictSame(
        check(submitted(document), consented(...grants)),
        refused("category hardware is not granted"),
      );
    t.strictSame(check(submitted(document), consented(...others, hardware(["trends", "support"]))), accepted);
    for (const status of statuses.filter((each) => each !== "ok" && each !== "not-consented"))
      t.strictSame(
        check({ schema: 3, status }, consented()),
        refused("category hardware is not granted"),
        status,
      );
    t.strictSame(check({ schema: 3, status: "not-consented" }, consented()), {
      status: "not-consented",
      body: null,
      digest: null,
    });
  },
);

t.test("looks at nothing of a document that is not granted", async (t) => {
  const untouchable = new Proxy({}, { get: () => t.fail("read"), ownKeys: () => [String(t.fail("listed"))] });
  check(submitted(untouchable), { grants: [], ownership: "personal" });
});

t.test("points to what is wrong in a document", async (t) => {
  const places = (given: unknown) => {
    const checked = check(submitted(given));
    return "errors" in checked ? checked.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`) : null;
  };
  t.strictSame(places({ name: 5 }), ["/document/name: Invalid input: expected string, received number"]);
  t.strictSame(places({ maker: { mark: "" } }), [
    "/document/maker/mark: Too small: expected string to have >=1 characters",
  ]);
  t.strictSame(places({ books: [{ title: "a", language: "en" }, { title: "b" }] }), [
    "/document/books/1/language: Invalid input: expected string, received undefined",
  ]);
  t.strictSame(places({ name: "oak", colour: "red" }), ["/document/colour: unknown member"]);
  t.strictSame(places({ load: 5 }), ["/document/load: unknown member"], "readings are no part of a document");
  t.strictSame(places(JSON.parse('{"__proto__":{"name":"oak"}}')), ["/document/__proto__: unknown member"]);
  t.strictSame(places({ name: "a\0b" }), ["/document/name: holds a NUL or a lone surrogate"]);
  t.strictSame(places({ name: "\ud800" }), ["/document/name: holds a NUL or a lone surrogate"]);
  t.strictSame(places({ books: [...document.books, ...document.books] }), [
    "/document/books: two items have the same title and language",
  ]);
});

t.test("repeats no value of a document in what it says of it", async () => {
  const secret = "correct horse";
  const values = fc.constantFrom(
    secret,
    [secret],
    { [secret]: 1 },
    { a: secret },
    secret.repeat(100),
    `${secret}\0`,
  );
  const members = fc.constantFrom(...Object.keys(madeUp.fields));
  fc.assert(
    fc.property(members, values, (name, value) => {
      const checked = check(submitted({ [name]: value }));
      return !("errors" in checked) || !checked.errors.some(({ detail }) => detail.includes(secret));
    }),
    { numRuns: 100 },
  );
});

const oversize = defineSection({
  name: "long",
  title: "Long",
  schema: 1,
  category: "hardware",
  purposes: ["inventory"],
  sources: {},
  fields: {
    lines: list(
      { is: "Lines.", sensitivity: "plain", max: 600, key: ["line"] },
      { line: required(text(65_536, { is: "A line.", sensitivity: "plain" })) },
    ),
  },
});

t.test("refuses a document larger than a section may be", async (t) => {
  const line = "x".repeat(65_000);
  const long = (lines: number) => ({
    lines: Array.from({ length: lines }, (_, number) => ({
      line: `${String(number).padStart(3, "0")}${line}`,
    })),
  });
  const fitting = Math.floor(limits.sectionDecoded / (line.length + '{"line":"000"},'.length));
  const given = (lines: number) =>
    checkSection(oversize, { schema: 1, status: "ok", document: long(lines) }, granted);
  t.match(given(fitting), { status: "ok" });
  t.strictSame(given(fitting + 1), refused("the document is larger than a section may be", "/document"));
});

t.test("refuses what would locate the device more finely than is granted", async (t) => {
  const told = refused("a field would locate the device more finely than is granted", "/document");
  const personal = (...more: readonly Grant[]): Consented => ({
    grants: [hardware(), ...more],
    ownership: "personal",
  });
  const organisation = (...more: readonly Grant[]): Consented => ({
    ...personal(...more),
    ownership: "organisation",
  });
  const room = submitted({ room: "attic" });
  const address = submitted({ address: "8.8.8.8" });
  for (const section of [room, address, submitted({ maker: { street: "Ring 1" } })]) {
    t.strictSame(check(section, personal()), told);
    t.strictSame(check(section, personal(location("district"))), told);
    t.match(check(section, personal(location("precise"))), { status: "ok" });
  }
  t.strictSame(check(room, organisation(location("country"))), told);
  t.match(check(address, organisation()), { status: "ok" });
  t.match(check(submitted({ address: "10.0.0.1" }), personal()), { status: "ok" });
});

t.test("answers any submission at all", async () => {
  const statusAndSchema = fc.record({
    schema: fc.integer({ min: 1, max: 5 }),
    status: fc.constantFrom(...statuses),
  });
  const documents = fc.oneof(
    fc.jsonValue({ stringUnit: anyCharacter }),
    fc.anything({ withBigInt: true }),
    fc.dictionary(
      fc.constantFrom(...Object.keys(madeUp.fields), "__proto__"),
      fc.jsonValue({ stringUnit: anyCharacter }),
    ),
  );
  fc.assert(
    fc.property(statusAndSchema, fc.option(documents, { nil: undefined }), (section, given) => {
      const checked = check({ ...section, document: given });
      if ("errors" in checked) assert.ok(checked.errors.length > 0);
      else assert.deepEqual(checked.body, given === undefined ? null : canonical(given));
    }),
    { numRuns: 300 },
  );
});

t.test("takes as a section nothing but schema, status and document", async (t) => {
  const good = [submitted(document), { schema: 1, status: "none" }, submitted(null)];
  const bad = [
    {},
    { schema: 1 },
    { status: "ok" },
    { schema: 0, status: "ok" },
    { schema: 1.5, status: "ok" },
    { schema: "1", status: "ok" },
    { schema: 1_000_001, status: "ok" },
    { schema: 1, status: "OK" },
    { schema: 1, status: "none", digest: digestOf({}) },
    [],
    null,
    "ok",
  ];
  t.strictSame(
    [...good, ...bad].filter((value) => submittedSection.safeParse(value).success),
    good,
  );
});
