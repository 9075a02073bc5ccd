/** Queries as outside text: values are only ever values, letters are compared folded, mistakes are told with their place. */
import { problemBody } from "@rollcall/protocol";
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { ok, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const inventory = new Inventory(server);

await told(server, { hostname: "ada", packages: ["openssl 3.0.17-1"] });

/** A device with this host name and nothing else. */
async function named(hostname: string) {
  const device = await server.device({ group: "odd" });
  await device.checkedIn();
  await device.sent({ "operating-system": ok({ hostname }) });
  return device;
}

const quoted = (text: string) => `"${text.replaceAll(/["\\*]/g, "\\$&")}"`;

t.test("takes the signs of SQL's patterns for themselves", async (t) => {
  const odd = [
    "100%",
    "a_b",
    "a[b-d]c",
    "star*",
    "what?",
    "back\\slash",
    'quo"te',
    "O'Brien",
    "semi;colon",
    "--",
    "(",
  ];
  for (const hostname of odd) await named(hostname);
  for (const hostname of odd) {
    t.same(await inventory.found(`host:${quoted(hostname)}`), [hostname]);
    t.same(await inventory.found(`group:odd ${quoted(hostname)}`), [hostname]);
  }
  for (const [word, hosts] of [
    ["%", ["100%"]],
    ["_", ["a_b"]],
    ["a%b", []],
    ["a?b", []],
    ["[a-z]", []],
    ["*", ["star*"]],
    ["\\", ["back\\slash"]],
    ["'", ["O'Brien"]],
    ["b", ["a_b", "a[b-d]c", "back\\slash", "O'Brien"]],
  ] as const)
    t.same(await inventory.found(`group:odd ${quoted(word)}`), hosts, word);
  t.same((await inventory.software({ q: "op%ssl" })).items, []);
  t.same((await inventory.software({ q: "op_nssl" })).items, []);
});

t.test("takes attempts at injection for values", async (t) => {
  const attempts = [
    "' or 1=1 --",
    "'; drop table devices; --",
    '" or ""="',
    "ada' union select hash from api_tokens --",
    ") or (1=1",
    "\0",
    "ada\0",
    "$1",
    ":x",
    "?1",
    "@x",
  ];
  const { total } = await inventory.devices();
  for (const attempt of attempts) {
    const value = quoted(attempt);
    for (const q of [value, `host:${value}`, `software:${value}`, `group:${value}`, `os:${value}`])
      t.same(await inventory.found(q), [], q);
    t.equal((await inventory.devices({ q: `-host:${value}` })).total, total);
    t.same((await inventory.software({ q: attempt })).items.length, 0, attempt);
    t.same((await inventory.facets({ field: "os", q: `host:${value}` })).items, []);
    t.match((await inventory.get("facets", { field: attempt })).status, 400);
    t.match((await inventory.get("devices", { sort: attempt })).status, 400);
    t.same((await inventory.named(attempt)).items, [], attempt);
  }
  t.equal((await inventory.devices()).total, total);
});

t.test("compares letters folded, and shows them as they are", async (t) => {
  for (const hostname of ["ÉCOLE", "Straße", "ﬁle", "ＷＩＤＥ", "ΣΊΣΥΦΟΣ", "e\u0301tage", "İstanbul"]) {
    await named(hostname);
  }
  for (const [q, hostname] of [
    ["école", "ÉCOLE"],
    ["e\u0301cole", "ÉCOLE"],
    ["STRAßE", "Straße"],
    ["FILE", "ﬁle"],
    ["wide", "ＷＩＤＥ"],
    ["ＷｉＤe", "ＷＩＤＥ"],
    ["Étage", "e\u0301tage"],
    ["İSTANBUL", "İstanbul"],
  ] as const) {
    t.same(await inventory.found(`host:${q}`), [hostname], q);
    t.same(await inventory.found(q), [hostname], q);
    t.same(
      (await inventory.named(q)).items.map((item) => item.hostname),
      [hostname],
      q,
    );
  }
});

t.test("finds by a bare word what names a device or a title, and nothing else", async (t) => {
  t.same(await inventory.found("os.version:12.11"), ["ada"]);
  t.same(await inventory.found("12.11"), []);
  t.same(await inventory.found("ada-build"), []);
  t.same(await inventory.found("serial:sn-ada-1"), ["ada"]);
  t.same(await inventory.found("sn-ada-1"), []);
  t.same(await inventory.found('"02:00:00:00:00:01"'), []);
});

t.test("tells what cannot be read in a query, and at which position", async (t) => {
  const cases: Readonly<Record<string, RegExp>> = {
    "ada ram:4": /^At position 5: there is no field "ram"/,
    "ada hosst:x": /^At position 5: .*did you mean "host"\?/,
    "memory:lots": /^At position 1: memory: takes a number such as 8GiB/,
    "os:debian memory:": /^At position 11: memory: has no value/,
    "ada -": /^At position 5: there is no word/,
    'ada "open': /^At position 5: a quote is not closed/,
    'ada "x"y': /^At position 8: no space follows/,
    "ada OR": /^At position 7: the query ends/,
    "(ada": /^At position 1: this parenthesis is not closed/,
    "host:>a": /^At position 1: host: is not compared/,
    "state:lost": /^At position 1: state: is one of active, stale, silent, in-doubt, retired/,
    "has:memry": /^At position 1: has: is one of /,
    "seen:7d": /^At position 1: seen: takes an age/,
    "Ünïcödé ram:4": /^At position 9: /,
    [`host:x${" host:x".repeat(64)}`]: /at most 64 conditions/,
    [`x${" -x".repeat(8)}`]: /at most 8 words without a field/,
    [`x${" x".repeat(8)} host:ada`]: /at most 8 words without a field/,
    ["ä".repeat(2_100)]: /at most 4096 bytes/,
  };
  for (const [q, words] of Object.entries(cases)) {
    for (const [path, parameters] of [
      ["devices", { q }],
      ["software", { deviceQ: q }],
      ["facets", { field: "os", q }],
    ] as const) {
      const { status, body } = await inventory.get(path, parameters);
      const { code, detail } = problemBody.parse(body);
      t.same([status, code], [400, "query-invalid"], q);
      t.match(detail, words, q);
    }
  }
  const [words, others] = ["x -x ".repeat(4), "host:x ".repeat(56)];
  t.equal((await inventory.get("devices", { q: words + others })).status, 200);
  t.equal((await inventory.get("devices", { q: "x".repeat(4_096) })).status, 200);
  const { status, body } = await inventory.get("devices", { q: "x".repeat(4_097) });
  t.match([status, body], [400, { code: "invalid-request", errors: [{ pointer: "/q" }] }]);
});

t.test("refuses a misspelt parameter instead of answering another question", async (t) => {
  for (const [path, parameters] of [
    ["devices", {}],
    ["software", {}],
    ["facets", { field: "os" }],
    ["devices-named", { name: "ada" }],
  ] as const) {
    const { status, body } = await inventory.get(path, { ...parameters, query: "host:nobody" });
    t.match([status, body], [400, { errors: [{ pointer: "/query", detail: "unknown member" }] }], path);
  }
});
