/** Bodies packed with what was acknowledged: found by name or by trying, among the sender's own and nowhere else. */
import { createHash } from "node:crypto";
import {
  canonicalBytes,
  compressDcz,
  dictionaryMember,
  dictionaryOf,
  limits,
  reprDigest,
  writeDictionaryId,
} from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { alterSections } from "../testing/altered-database.ts";
import { machine, ok, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";
import { findDictionary } from "./dictionary.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

type Sections = Readonly<Record<string, unknown>>;

/** A change of these sections, with these as the dictionary. */
async function put(
  device: SimulatedDevice,
  changed: Sections,
  known: Sections,
  id?: string,
): Promise<string> {
  const reply = await device.putWithDictionary(device.sectionsBody(changed), known, id);
  const outcome = outcomeOf(reply);
  const answer = z.object({ receipt: z.object({ stateDigest: z.string() }) }).safeParse(reply.body);
  if (answer.success) device.stateDigest = answer.data.receipt.stateDigest;
  return outcome;
}

const part = (names: readonly string[], sections: Sections) =>
  Object.fromEntries(names.map((name) => [name, sections[name]]));

t.test("reads a body packed with any few of the sections, or all of them, named or not", async (t) => {
  const device = await told(server);
  const names = Object.keys(machine());
  const subsets = [
    ...names.map((name) => [name]),
    ["memory", "system"],
    ["network", "operating-system", "software.deb"],
    names,
  ];
  let now = machine();
  for (const [memory, subset] of subsets.entries())
    for (const id of [undefined, writeDictionaryId(subset), writeDictionaryId(subset.toReversed())]) {
      const next = machine({ memory: memory * 3 + 1, hostname: `ada-${id?.length}` });
      t.equal(await put(device, part(subset, next), part(subset, now), id), "200", `${subset} ${id}`);
      now = { ...now, ...part(subset, next) };
    }
  const { body } = await server.admin("GET", `/api/v1/devices/${device.device}`);
  t.match(body, {
    sections: Object.fromEntries(Object.entries(now).map(([name, { document }]) => [name, { document }])),
  });
});

t.test("does not know what was acknowledged before, in part, in another order, or never", async (t) => {
  const device = await told(server);
  const [now, next] = [machine(), machine({ memory: 5, serial: "SN-NEW" })];
  const { memory, system } = now;
  const unknown: readonly (readonly [Sections, string?])[] = [
    [{ memory: next.memory }],
    [{ memory: { ...memory, schema: 2 } }],
    [{ memory: { ...memory, status: "failed" } }],
    [{ memory: { schema: 1, status: "ok" } }],
    [{ memory, firmware: ok({}) }],
    [{ memory }, '"system"'],
    [{ memory }, '"memory,system"'],
    [{ memory }, '"memory,no-such"'],
    [{ memory, system }, '"memory"'],
    [part(["memory", "network", "operating-system", "system"], now)],
    [{}, '"no-such"'],
  ];
  for (const [known, id] of unknown)
    t.equal(await put(device, next, known, id), "409 dictionary-unknown", `${Object.keys(known)} ${id}`);
  t.equal(await put(device, { memory: next.memory }, { memory }), "200");
  t.equal(await put(device, now, { memory }), "409 dictionary-unknown", "it is the former one now");
  t.equal(
    await put(device, now, { memory: next.memory }, "memory"),
    "200",
    "a hint that says nothing is none",
  );
});

t.test("knows a section without a document, and the document that was kept", async (t) => {
  const device = await told(server);
  const { memory } = machine();
  const [failed, none] = ["failed", "none"].map((status) => ({ schema: 1, status }));
  t.equal(await put(device, { memory: failed }, { memory }), "200");
  t.equal(await put(device, { memory: none }, { memory: { ...failed, document: memory.document } }), "200");
  t.equal(await put(device, { memory }, { memory: none }, '"memory"'), "200");
});

t.test("knows the schema that was acknowledged last, though nothing else changed", async (t) => {
  const own = await TestServer.start();
  t.teardown(() => own.remove());
  const device = await told(own);
  await own.stop();
  await alterSections(own, (section) => ({ ...section, schema: 7 }));
  await own.restart();
  device.url = own.url;
  const { memory, system } = machine();
  t.equal(await put(device, { memory }, { memory }), "409 dictionary-unknown");
  t.equal(await put(device, { memory }, { memory: { ...memory, schema: 7 } }), "200");
  t.equal(await put(device, { memory }, { memory }), "200");
  t.equal(await put(device, { system }, { system }), "409 dictionary-unknown");
});

t.test("forgets with the consent what a dictionary could be made of", async (t) => {
  const device = await server.device({ grant: "hardware" });
  await device.checkedIn();
  const { memory } = machine();
  await device.sent({ memory });
  await device.putConsent(device.grants.filter(({ category }) => category !== "hardware"));
  device.consentNumber = 2;
  t.equal(await put(device, { memory }, { memory }, '"memory"'), "409 dictionary-unknown");
});

t.test(
  "refuses what is no dcz body, and what is too large or not readable with its dictionary",
  async (t) => {
    const device = await told(server);
    const { memory } = machine();
    const known = canonicalBytes({ memory });
    const right = compressDcz(canonicalBytes(device.sectionsBody({ memory })), known);
    const outcome = async (bytes: Uint8Array, headers: Record<string, string> = {}) =>
      outcomeOf(await device.putBytes(bytes, { "content-encoding": "dcz", ...headers }));
    const otherMagic = Buffer.from(right);
    otherMagic.writeUInt8(0x5d, 0);
    for (const bytes of [Buffer.alloc(0), right.subarray(0, 39), otherMagic, right.subarray(40)])
      t.equal(await outcome(bytes), "400 invalid-encoding");
    t.equal(await outcome(right.subarray(0, 40)), "400 invalid-encoding", "no frame");
    t.equal(await outcome(right.subarray(0, -1)), "400 invalid-encoding", "a frame that is cut");
    t.equal(await outcome(Buffer.concat([right, right])), "400 invalid-encoding", "something behind it");
    const bomb = compressDcz(Buffer.alloc(limits.sectionsDecoded + 1), known);
    t.ok(bomb.length < 10_000);
    t.equal(await outcome(bomb), "413 too-large");
    // Behind the digest a frame whose window would be 16 MiB (RFC 8878, 3.1.1.1.2).
    const wide = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 14 << 3, 0x01, 0x00, 0x00]);
    t.equal(await outcome(Buffer.concat([right.subarray(0, 40), wide])), "400 invalid-encoding");
    t.equal(await outcome(right, { "repr-digest": reprDigest(known) }), "400 digest-mismatch");
    t.equal(await outcome(right, { "repr-digest": reprDigest(right) }), "200");
    const consent = await device.send({
      method: "PUT",
      path: "/v1/consent",
      body: right,
      headers: { authorization: `Bearer ${device.session}`, "content-encoding": "dcz" },
    });
    t.equal(outcomeOf(consent), "415 unsupported-encoding", "an address without dictionaries");
  },
);

t.test("gives up a search after so many bytes, having tried the small ones first", async (t) => {
  const member = (letter: string) =>
    dictionaryMember(letter, { schema: 1, status: "ok", body: `"${letter.repeat(1_000)}"` });
  const members = ["a", "b", "c", "d", "e"].map(member);
  const found = (names: string, mostBytes?: number) => {
    const dictionary = dictionaryOf([...names].map(member));
    const hash = createHash("sha256").update(dictionary).digest();
    return findDictionary(members, hash, mostBytes)?.equals(dictionary) ?? false;
  };
  for (const names of ["a", "e", "ab", "de", "ace", "cde", "abcde"]) t.ok(found(names), names);
  const all = Buffer.byteLength(members.join(""));
  for (const names of ["", "ba", "abcd", "f", "aa"]) t.notOk(found(names), names);
  t.ok(found("e", all), "every single one");
  t.ok(found("abcde", all), "all of them");
  t.notOk(found("ab", all), "no pair any more");
  t.notOk(found("e", all - 1));
});
