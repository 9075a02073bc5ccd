/**
 * A hostile enrolled device that knows digests and lengths of another's documents: nothing in an answer tells it
 * whether somebody has them, and no frame brings them out.
 */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { zstdCompressSync } from "node:zlib";
import { canonicalBytes, compressDcz, decompress, digestOf, limits, reprDigest } from "@rollcall/protocol";
import t from "tap";
import { rounds } from "../testing/long.ts";
import { machine, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const there = machine({
  serial: "SN-VICTIM",
  hostname: "victim",
  packages: ["secret-tool 1.2-3", "bash 5.2"],
});
const victim = await told(server, {
  serial: "SN-VICTIM",
  hostname: "victim",
  packages: ["secret-tool 1.2-3", "bash 5.2"],
});
const attacker = await server.device();
await attacker.checkedIn();
await attacker.sent({ memory: there.memory });

type Sections = Readonly<Record<string, unknown>>;

/** Sections of the same lengths that nobody has. */
const nowhere: Sections = machine({
  serial: "SN-NOBODY",
  hostname: "nobody",
  packages: ["secret-tooo 1.2-3", "bash 5.2"],
});

/** The answer to one request to the last byte, but for what every answer has of its own: time and request id. */
async function answerTo(
  method: string,
  path: string,
  body: Uint8Array,
  headers: Sections = {},
): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.setEncoding("latin1").on("data", (part: string) => {
    text += part;
  });
  const lines = Object.entries({
    host: "x",
    connection: "close",
    authorization: `Bearer ${attacker.session}`,
    "content-length": body.length,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  socket.write(body);
  await once(socket, "close");
  return text.replace(/(Date|x-request-id): [^\r]*|urn:rollcall:request:[^"]*/g, "(its own)");
}

const dcz = (bytes: Uint8Array, headers: Sections = {}) =>
  answerTo("PUT", "/v1/sections", bytes, {
    "content-encoding": "dcz",
    "repr-digest": reprDigest(bytes),
    ...headers,
  });

const names = Object.keys(there).filter((name) => name !== "memory");
const subsets = [...names.map((name) => [name]), ["network", "system"], names, [...names, "memory"].sort()];
const part = (subset: readonly string[], sections: Sections) =>
  Object.fromEntries(subset.map((name) => [name, sections[name]]));

/** Frames of every kind that a device could try, made with these sections as the dictionary. */
function framesWith(sections: Sections): readonly Buffer[] {
  const dictionary = canonicalBytes(sections);
  const request = canonicalBytes(attacker.sectionsBody(sections));
  const digest = createHash("sha256").update(dictionary).digest();
  const head = Buffer.concat([Buffer.from("5e2a4d1820000000", "hex"), digest]);
  return [
    compressDcz(request, dictionary),
    compressDcz(dictionary, dictionary),
    Buffer.concat([head, zstdCompressSync(request)]),
    head,
    Buffer.concat([head, Buffer.from("28b52ffd", "hex"), randomBytes(12).fill(7)]),
  ];
}

t.test("answers alike to the byte whether another device has the dictionary or nobody", async (t) => {
  const tries = rounds(60, 1_000);
  const answers = new Set<string>();
  for (let number = 0; number < tries; number++) {
    const subset = subsets[number % subsets.length] ?? [];
    const hints = [{}, { "dictionary-id": `"${subset}"` }, { "dictionary-id": '"no-such"' }];
    const headers = hints[number % hints.length];
    const kind = number % 5;
    const [theirs, nobodys] = [there, nowhere].map((sections) => framesWith(part(subset, sections))[kind]);
    if (!theirs || !nobodys) throw new Error("no frame");
    t.equal(await dcz(theirs, headers), await dcz(nobodys, headers), `${subset} ${kind}`);
    answers.add(await dcz(theirs, headers));
  }
  t.equal(answers.size, 1);
  t.match([...answers][0], /^HTTP\/1.1 409 Conflict\r\n[\s\S]*"dictionary-unknown"/);
});

t.test("takes a document alike whether the store has it already or not", async (t) => {
  // A receipt tells the digests of what was just sent, and is signed.
  const withoutDigests = (answer: string) =>
    answer.replace(/"([\w-]{43}|[\w-]{86})"|"at":"[^"]*"/g, "(its own)");
  const put = async (sections: Sections) => {
    const bytes = canonicalBytes(attacker.sectionsBody(sections, { baseStateDigest: null }));
    return withoutDigests(await answerTo("PUT", "/v1/sections", bytes));
  };
  for (const subset of subsets) {
    const theirs = await put(part(subset, there));
    t.match(theirs, /^HTTP\/1.1 200 OK/);
    t.equal(await put(part(subset, nowhere)), theirs, String(subset));
  }
  const { receipt } = await attacker.sent({ memory: there.memory }, { baseStateDigest: null });
  attacker.stateDigest = receipt.stateDigest;
});

t.test("answers guesses of another's states as it answers any", async (t) => {
  const guess = async (stateDigest: string) => {
    const checkIn = Buffer.from(JSON.stringify(attacker.checkInBody({ stateDigest })));
    const based = canonicalBytes(attacker.sectionsBody({}, { baseStateDigest: stateDigest }));
    return [await answerTo("POST", "/v1/check-ins", checkIn), await answerTo("PUT", "/v1/sections", based)];
  };
  const theirs = await guess(victim.stateDigest);
  t.match(theirs, [/"wants":\["\*"\]/, /^HTTP\/1.1 409 [\s\S]*base-changed/]);
  for (const nobodys of ["a", "b", "c"]) t.same(await guess(digestOf(nobodys)), theirs);
});

/** Everything that the inventory shows of a device but when that was, and when the device was seen. */
async function shown({ device }: SimulatedDevice): Promise<string> {
  const { body } = await server.admin("GET", `/api/v1/devices/${device}`);
  return JSON.stringify({ ...Object(body), lastSeenAt: null, asOf: null });
}

t.test("reproduces another's document by no frame, not even one of 16 bytes", async (t) => {
  const system = { system: there.system };
  const dictionary = canonicalBytes(system);
  const short = zstdCompressSync(dictionary, { dictionary, pledgedSrcSize: dictionary.length });
  t.ok(short.length <= 16);
  t.ok(decompress(short, limits.sectionsDecoded, dictionary).equals(dictionary), "it would");
  const head = compressDcz(dictionary, dictionary).subarray(0, 40);
  const before = await shown(attacker);
  const answers = [
    await dcz(Buffer.concat([head, short])),
    await dcz(Buffer.concat([head, short]), { "dictionary-id": '"system"' }),
    await dcz(compressDcz(canonicalBytes(attacker.sectionsBody(system)), dictionary)),
    await answerTo("PUT", "/v1/sections", short, { "content-encoding": "zstd" }),
  ];
  const statuses = answers.map((answer) => Number(answer.slice(9, 12)));
  t.same(statuses, [409, 409, 409, 400]);
  for (const answer of answers) t.notMatch(answer, "SN-VICTIM");
  t.equal(await shown(attacker), before);
  const own = canonicalBytes({ memory: there.memory });
  const known = await attacker.putBytes(compressDcz(canonicalBytes(attacker.sectionsBody(system)), own), {
    "content-encoding": "dcz",
  });
  t.equal(outcomeOf(known), "200", "with its own dictionary, and the document itself, it may");
});
