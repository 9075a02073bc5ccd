/** Bodies of sections that are not what they should be, byte for byte: a clear refusal, and nothing stored changes. */
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { canonicalBytes, compress, limits, reprDigest } from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { machine, ok } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { type Reply, SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const device = await server.device();
await device.checkedIn();
await device.sent(machine());

const whole = z.looseObject({ sections: z.unknown() });
const stored = async () =>
  whole.parse((await server.admin("GET", `/api/v1/devices/${device.device}`)).body).sections;
const before = await stored();

const right = canonicalBytes(device.sectionsBody(machine()));
const text = Buffer.from(right).toString();
const zstd = { "content-encoding": "zstd" };

/** The body as it would be with this in the place of a right value. */
const instead = (json: string) => text.replace('"model":"Analytical 12"', `"model":${json}`);

async function outcome(body: string | Uint8Array, headers: Record<string, string> = {}): Promise<string> {
  return outcomeOf(await device.putBytes(Buffer.from(body), headers));
}

t.test("takes the right body plain and as zstd, with its digest and without", async (t) => {
  const packed = compress(right);
  t.equal(await outcome(right), "200");
  t.equal(await outcome(packed, zstd), "200");
  t.equal(await outcome(packed, { ...zstd, "repr-digest": reprDigest(packed) }), "200");
  t.equal(await outcome(right, { "repr-digest": `sha-512=:AAAA:, ${reprDigest(right)}` }), "200");
});

t.test("refuses the section, not the request, for a NUL that is written as it should be", async (t) => {
  const reply = await device.putBytes(Buffer.from(instead('"a\\u0000b"')));
  t.equal(outcomeOf(reply), "200");
  t.match(reply.body, { refused: [{ section: "system", errors: [{ pointer: "/document/model" }] }] });
});

t.test("refuses a digest that is not the body's", async (t) => {
  const packed = compress(right);
  for (const digest of [
    reprDigest(right),
    reprDigest(Buffer.from("")),
    "sha-256=:AAAA:",
    "sha-512=:AAAA:",
    "",
  ])
    t.equal(await outcome(packed, { ...zstd, "repr-digest": digest }), "400 digest-mismatch", digest);
});

t.test("refuses what is not canonical", async (t) => {
  const forms = {
    whitespace: `${text} `,
    order: text.replace(/^\{"baseStateDigest":("[^"]*"),(.*)\}$/s, '{$2,"baseStateDigest":$1}'),
    "duplicate member": text.replace('{"baseState', '{"baseStateDigest":null,"baseState'),
    "duplicate member in a document": instead('"a","model":"b"'),
    escape: instead('"\\u0041"'),
    "number with a fraction of zero": text.replace('"schema":1', '"schema":1.0'),
    "number in another notation": text.replace('"schema":1', '"schema":1e0'),
    "minus zero": text.replace('"schema":1', '"schema":-0'),
    "unsafe integer": text.replace(/"total":\d+/, '"total":9007199254740993'),
    "lone surrogate": instead('"\\ud800"'),
    "lone surrogate as a name": text.replace('"model"', '"\\udc00"'),
  };
  for (const [name, form] of Object.entries(forms)) {
    t.not(form, text, `${name} is another form`);
    t.equal(await outcome(form), "400 not-canonical", name);
  }
});

t.test("refuses what is not JSON in UTF-8", async (t) => {
  for (const form of ["", "{", "nul", `${text}{}`, text.slice(0, -1), "\u{feff}{}", instead("NaN")])
    t.equal(await outcome(form), "400 invalid-json", form.slice(0, 20));
  const overlong = Buffer.from(text).fill(0xc0, text.indexOf("Analytical"), text.indexOf("Analytical") + 1);
  t.equal(await outcome(overlong), "400 invalid-json", "bytes that are no UTF-8");
  t.equal(await outcome(Buffer.from(text, "utf16le")), "400 invalid-json", "another encoding");
  t.equal(await outcome(instead('"a\u0000b"')), "400 invalid-json", "a bare NUL");
});

t.test("refuses ten thousand levels, of arrays and of objects, wherever they are", async (t) => {
  const levels = 10_000;
  const arrays = `${"[".repeat(levels)}${"]".repeat(levels)}`;
  const objects = `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  for (const deep of [arrays, objects, "[".repeat(levels)])
    for (const body of [deep, instead(deep)]) {
      t.equal(await outcome(body), "400 too-deep");
      t.equal(await outcome(compress(Buffer.from(body)), zstd), "400 too-deep");
    }
});

t.test("refuses what cannot be decoded", async (t) => {
  const packed = compress(right);
  const broken = Buffer.from(packed);
  broken.writeUInt8((broken.at(-1) ?? 0) ^ 1, broken.length - 1);
  const wide = zstdCompressSync(Buffer.alloc(17 * 2 ** 20), {
    params: { [constants.ZSTD_c_windowLog]: 24 },
    pledgedSrcSize: 17 * 2 ** 20,
  });
  const bodies = {
    "no frame": right,
    "no bytes at all": Buffer.alloc(0),
    "a frame that ends too soon": packed.subarray(0, -5),
    "a frame with a wrong checksum": broken,
    "something behind the frame": Buffer.concat([packed, Buffer.from("x")]),
    "two frames": Buffer.concat([packed, packed]),
    gzip: gzipSync(right),
    "a window of more than 8 MiB": wide,
  };
  for (const [name, body] of Object.entries(bodies))
    t.equal(await outcome(body, zstd), "400 invalid-encoding", name);
});

t.test("refuses every other content encoding", async (t) => {
  for (const encoding of ["gzip", "br", "deflate", "identity", "DCZ", "zstd, zstd", ""])
    t.equal(
      await outcome(gzipSync(right), { "content-encoding": encoding }),
      "415 unsupported-encoding",
      encoding,
    );
});

/** As a stream without a length that is told before. */
const chunked = { "transfer-encoding": "chunked" };

t.test("refuses a body that is too large, told or not, packed or unpacked", async (t) => {
  const zeros = Buffer.alloc(limits.sectionsBody + 1);
  t.equal(await outcome(zeros), "413 too-large");
  t.equal(await outcome(zeros, chunked), "413 too-large");
  t.equal(await outcome(zeros.subarray(1)), "400 invalid-json");
  const bomb = zstdCompressSync(Buffer.alloc(limits.sectionsDecoded + 1));
  t.ok(bomb.length < 10_000);
  t.equal(await outcome(bomb, zstd), "413 too-large");
  const values = Buffer.from(`[${"{},".repeat(2_000_001)}{}]`);
  t.equal(await outcome(compress(values), zstd), "413 too-large", "more values than any document holds");
});

t.test("decodes nothing before it has found the session", async (t) => {
  const stranger = new SimulatedDevice({ url: server.url, server: server.id, token: "" });
  const ordinal = device.session.slice(4).split(".")[0];
  const bomb = zstdCompressSync(Buffer.alloc(limits.sectionsDecoded + 1));
  for (const session of ["", `rcs_${ordinal}.${"A".repeat(43)}`, `rcs_99.${"A".repeat(43)}`]) {
    stranger.session = session;
    for (const [body, headers] of [
      [bomb, zstd],
      [Buffer.from("{"), {}],
      [right, { "content-encoding": "gzip" }],
      [right, { "repr-digest": "x" }],
      [Buffer.alloc(limits.sectionsBody + 1), {}],
    ] as const) {
      const reply: Reply = await stranger.putBytes(body, headers);
      t.equal(outcomeOf(reply), "401 session-invalid", session);
    }
  }
});

t.test("names sections and members in its refusal, and no value of theirs", async (t) => {
  const secret = "do-not-repeat-me";
  const replies = [
    await device.putBytes(Buffer.from(instead(`["${secret}"]`))),
    await device.putSections(device.sectionsBody({ system: ok({ model: [secret], colour: secret }) })),
    await device.putBytes(Buffer.from(`${instead(`"${secret}"`)} `)),
    await device.putBytes(Buffer.from(`{"counter":"${secret}"}`)),
  ];
  for (const { body } of replies) t.notMatch(JSON.stringify(body), secret);
});

t.test("has kept what was stored before all this", async (t) => {
  t.same(await stored(), before);
});
