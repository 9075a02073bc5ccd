// Problems: every code has its status, and what is told of a wrong value is bounded and readable.
import fc from "fast-check";
import t from "tap";
import { z } from "zod";
import { isProblemCode, parseWith, placesOf, problemBody, problems, RollcallError } from "./problem.ts";
import { anyCharacter } from "./testing/any-character.ts";

/** HTTP statuses of errors that RFC 9110 and RFC 6585 know. */
const known = [400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 421, 429, 431, 500, 501, 503];

t.test("has for every code a status of an error and a title in a sentence", async (t) => {
  const wrong = Object.entries(problems).filter(
    ([code, { status, title }]) =>
      !/^[a-z]+(-[a-z]+)*$/.test(code) || !known.includes(status) || !/^[A-Z].*\.$/.test(title),
  );
  t.strictSame(wrong, []);
  const titles = Object.values(problems).map(({ title }) => title);
  t.strictSame([...new Set(titles)], titles);
});

t.test("gives an error its code's status, and its detail or else the title as message", async (t) => {
  const cause = new Error("disk");
  const plain = new RollcallError("busy");
  const told = new RollcallError("too-large", { detail: "It has 9 bytes.", cause });
  t.strictSame([plain.status, plain.message, plain.cause], [503, problems.busy.title, undefined]);
  t.strictSame([told.status, told.message, told.cause], [413, "It has 9 bytes.", cause]);
  t.ok(told instanceof Error);
});

t.test("knows its codes, and nothing that every object has", async (t) => {
  t.ok(Object.keys(problems).every(isProblemCode));
  t.strictSame(["", "busy ", "BUSY", "constructor", "toString", "__proto__"].filter(isProblemCode), []);
});

const schema = z.strictObject({
  name: z.string(),
  sizes: z.array(z.strictObject({ "a/b": z.int(), "m~n": z.int() })),
});

t.test("points to wrong places as RFC 6901 does, without their values", async (t) => {
  const value = {
    name: 5,
    sizes: [
      { "a/b": 1, "m~n": 2 },
      { "a/b": "secret", "m~n": "secret" },
    ],
    secret: 1,
  };
  t.throws(() => parseWith(schema, value), {
    code: "invalid-request",
    status: 400,
    facts: {
      errors: [
        { pointer: "/name", detail: "Invalid input: expected string, received number" },
        { pointer: "/sizes/1/a~1b", detail: "Invalid input: expected number, received string" },
        { pointer: "/sizes/1/m~0n", detail: "Invalid input: expected number, received string" },
        { pointer: "/secret", detail: "unknown member" },
      ],
    },
  });
  t.throws(() => parseWith(schema, null, "proof-invalid"), { code: "proof-invalid", status: 401 });
  t.strictSame(parseWith(schema, { name: "a", sizes: [] }), { name: "a", sizes: [] });
});

function placesIn(schema: z.ZodType, value: unknown) {
  const { error } = schema.safeParse(value);
  return error ? placesOf(error) : [];
}

t.test("tells twenty places and no more", async (t) => {
  const places = placesIn(z.array(z.int()), new Array(1_000).fill("a"));
  t.strictSame(
    places.map(({ pointer }) => pointer),
    Array.from({ length: 20 }, (_, index) => `/${index}`),
  );
});

t.test("points no further than a pointer may be long, and never into the middle of a name", async (t) => {
  const records = z.record(z.string(), z.record(z.string(), z.int()));
  const long = "~".repeat(450);
  const pointers = (value: unknown) => placesIn(records, value).map(({ pointer }) => pointer);
  t.strictSame(pointers({ [long]: { a: "" } }), [`/${"~0".repeat(450)}/a`]);
  t.strictSame(pointers({ [long]: { [long]: "" } }), [`/${"~0".repeat(450)}`]);
  t.strictSame(pointers({ [long + long]: 5 }), [""]);
});

/** What an answer carries of an error, as a client reads it. */
const bodyOf = ({ code, status, facts }: RollcallError) => ({
  type: "about:blank",
  title: problems[code].title,
  status,
  code,
  instance: "/v1/sections",
  ...(facts.detail === undefined ? {} : { detail: facts.detail }),
  ...(facts.errors === undefined ? {} : { errors: facts.errors }),
});

t.test("fits into the body that a client takes, for every code and whatever value was wrong", async (t) => {
  for (const code of Object.keys(problems).filter(isProblemCode))
    t.ok(problemBody.safeParse(bodyOf(new RollcallError(code))).success, code);
  const shapes = z.record(z.string().max(2), schema);
  const values = fc.oneof(
    fc.jsonValue({ stringUnit: anyCharacter }),
    fc.dictionary(fc.string({ unit: anyCharacter, maxLength: 2_000, size: "max" }), fc.jsonValue()),
  );
  fc.assert(
    fc.property(values, (value) => {
      try {
        parseWith(shapes, value);
        return true;
      } catch (error) {
        return error instanceof RollcallError && problemBody.safeParse(bodyOf(error)).success;
      }
    }),
    { numRuns: 200 },
  );
});

t.test("takes no body that is no problem", async (t) => {
  const good = bodyOf(
    new RollcallError("busy", { detail: "Later.", errors: [{ pointer: "", detail: "a" }] }),
  );
  t.ok(problemBody.safeParse(good).success);
  const wrong: Record<string, readonly unknown[]> = {
    status: ["503", 1.5, null, undefined],
    code: [5, "a".repeat(65), undefined],
    title: [null, "a".repeat(513), undefined],
    detail: [5, "a".repeat(8_193)],
    errors: [{}, [{}], [{ pointer: "" }], ["a"], new Array(1_001).fill({ pointer: "", detail: "" })],
  };
  const taken = Object.entries(wrong).flatMap(([member, values]) =>
    values
      .filter((value) => problemBody.safeParse({ ...good, [member]: value }).success)
      .map((value) => [member, value]),
  );
  t.strictSame(taken, []);
  for (const value of [null, [], "busy", 503]) t.notOk(problemBody.safeParse(value).success);
});
