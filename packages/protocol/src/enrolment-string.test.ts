// Enrolment strings: what was written is read, and whatever was mistyped is found.
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import t from "tap";
import { type Enrolment, readEnrolmentString, writeEnrolmentString } from "./enrolment-string.ts";
import { newSecret } from "./identifier.ts";
import { newSigningKey } from "./keys.ts";
import { anyCharacter } from "./testing/any-character.ts";

const { publicKey: server } = newSigningKey();
const enrolment: Enrolment = {
  url: "https://rollcall.example:8443",
  server,
  ca: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  token: `rce_${newSecret()}`,
};
const string = writeEnrolmentString(enrolment);

/** A string that is whole, whatever it says. */
function wholeString(content: string | Uint8Array): string {
  const signed = `rc1.${Buffer.from(content).toString("base64url")}`;
  return `${signed}.${crc32(signed).toString(16).padStart(8, "0")}`;
}

const incomplete = "An enrolment string begins with rc1. and has three parts; was all of it copied?";
const mistyped = "The enrolment string is mistyped: its checksum does not fit.";
const unknown =
  "The enrolment string is whole but does not say what one has to; it may be from a newer server.";

const detailOf = (typed: string) => {
  const read = readEnrolmentString(typed);
  return "error" in read ? read.detail : read;
};

const enrolments: fc.Arbitrary<Enrolment> = fc.record(
  {
    url: fc.oneof(
      fc.webUrl({ validSchemes: ["http", "https"] }).filter((url) => url.length <= 1_024),
      fc.stringMatching(/^unix:\/[^\0]{1,60}$/).filter((url) => url.isWellFormed()),
    ),
    server: fc.constant(server),
    ca: fc.string({ unit: anyCharacter }).filter((ca) => ca.isWellFormed()),
    token: fc.stringMatching(/^rce_[A-Za-z0-9_-]{43}$/),
  },
  { requiredKeys: ["url", "server", "token"], noNullPrototype: true },
);

t.test("reads what was written, in three parts without white space", async () => {
  fc.assert(
    fc.property(enrolments, (written) => {
      const text = writeEnrolmentString(written);
      assert.match(text, /^rc1\.[A-Za-z0-9_-]+\.[0-9a-f]{8}$/);
      assert.deepEqual(readEnrolmentString(text), written);
    }),
    { numRuns: 100 },
  );
});

t.test("does not mind white space around it", async () => {
  const spaces = fc.string({ unit: fc.constantFrom(..." \t\n\r\u00a0") });
  fc.assert(
    fc.property(spaces, spaces, (before, behind) => {
      const read = readEnrolmentString(before + string + behind);
      return !("error" in read) && read.token === enrolment.token;
    }),
    { numRuns: 100 },
  );
});

t.test("finds any character that was changed, left out, added or swapped with the next", async () => {
  const characters = fc.oneof(
    fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_. \n"),
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 1 }),
  );
  fc.assert(
    fc.property(fc.nat(string.length - 2), characters, (at, character) => {
      const [before, here, next] = [string.slice(0, at), string[at] ?? "", string[at + 1] ?? ""];
      const after = string.slice(at + 1);
      const typed = [before + after, before + next + here + string.slice(at + 2)];
      if (character !== here) typed.push(before + character + after);
      // Between two of the same it makes no difference at which an added one stands; at the ends white space is none.
      if (character.trim() !== "" || at > 0) typed.push(before + character + here + after);
      return typed.filter((text) => text !== string).every((text) => "error" in readEnrolmentString(text));
    }),
    { numRuns: 300 },
  );
});

t.test("finds every change of every character to its neighbours in the alphabet", async (t) => {
  const unnoticed = Array.from(string, (character, at) =>
    [-1, 1].map(
      (step) =>
        string.slice(0, at) + String.fromCharCode(character.charCodeAt(0) + step) + string.slice(at + 1),
    ),
  )
    .flat()
    .filter((typed) => !("error" in readEnrolmentString(typed)));
  t.strictSame(unnoticed, []);
});

t.test("finds that an end is missing", async (t) => {
  const cut = Array.from({ length: string.length }, (_, length) => string.slice(0, length));
  t.strictSame(
    cut.filter((typed) => !("error" in readEnrolmentString(typed))),
    [],
  );
  t.equal(detailOf(string.slice(0, 40)), incomplete);
  t.equal(detailOf(string.slice(4)), incomplete);
});

t.test("tells the ways to go wrong apart", async (t) => {
  const payload = string.split(".")[1] ?? "";
  const cases = {
    nothing: ["", incomplete],
    "another prefix": [string.replace("rc1.", "rc2."), incomplete],
    "a prefix in capitals": [string.replace("rc1.", "RC1."), incomplete],
    "only the token": [enrolment.token, incomplete],
    "a checksum in capitals": [`rc1.${payload}.ABCDEF01`, incomplete],
    "a break in the middle": [`${string.slice(0, 30)}\n${string.slice(30)}`, incomplete],
    "two of them": [`${string} ${string}`, incomplete],
    "another checksum": [`rc1.${payload}.00000000`, mistyped],
    "a changed payload": [string.replace(payload, `${payload.slice(0, -1)}`), mistyped],
    "no JSON": [wholeString("rollcall"), unknown],
    "no UTF-8": [wholeString(Buffer.from([0xff, 0xfe])), unknown],
    "another value": [wholeString("[]"), unknown],
    "10,000 levels": [wholeString("[".repeat(10_000)), unknown],
    "no token": [wholeString(JSON.stringify({ url: enrolment.url, server })), unknown],
  } as const;
  t.strictSame(
    Object.entries(cases).map(([what, [typed]]) => [what, detailOf(typed)]),
    Object.entries(cases).map(([what, [, detail]]) => [what, detail]),
  );
});

t.test("reads one from a newer server that says more, without what it does not know", async (t) => {
  t.strictSame(readEnrolmentString(wholeString(JSON.stringify({ ...enrolment, region: "eu" }))), enrolment);
});

t.test("takes only addresses that an agent can call", async (t) => {
  const good = ["https://a", "http://127.0.0.1:8080", "unix:/run/rollcall/agent.sock", "unix:/a b"];
  const bad = [
    "",
    "a",
    "ftp://a",
    "https://",
    "https:/a",
    "https://a b",
    "unix:a",
    "unix:/",
    "unix:/a\0b",
    `https://${"a".repeat(1_024)}`,
  ];
  const read = [...good, ...bad].filter(
    (url) => !("error" in readEnrolmentString(wholeString(JSON.stringify({ ...enrolment, url })))),
  );
  t.strictSame(read, good);
  for (const url of bad) t.throws(() => writeEnrolmentString({ ...enrolment, url }), url);
});

t.test("answers any text at all with what it says or what is wrong", async () => {
  const texts = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.string({ unit: anyCharacter }).map((text) => `rc1.${text}`),
    fc.json().map(wholeString),
    fc.uint8Array().map(wholeString),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const read = readEnrolmentString(text);
      assert.ok("error" in read && read.error === "mistyped" && /[.?]$/.test(read.detail));
    }),
    { numRuns: 300 },
  );
});
