/** Records: what was written is read again, and damage to one document is no other's. */
import { compress, digestOfBytes } from "@rollcall/protocol";
import t from "tap";
import { decodeRecord, encodeRecord, RecordDamaged, type RecordSection } from "./record-codec.ts";
import { presentDictionary, UnknownWord, wordsIn } from "./record-words.ts";
import { documentOf } from "./stored-document.ts";

const names = ["memory", "network", "software.deb", "system"].map((name, at) => ({ number: at + 1, name }));
/** Number 7 is what the definitions of today give. */
const words = wordsIn({ names, dictionaries: [{ number: 7, ...presentDictionary() }] });

const made = (name: string, document: string, changes: Partial<RecordSection> = {}): RecordSection => {
  const body = Buffer.from(document);
  const state = { name, schema: 1, status: "ok", since: 1_790_000_000_000, isIndexed: true } as const;
  return { ...state, digest: digestOfBytes(body), body, items: null, ...changes };
};

const large = Buffer.from(JSON.stringify({ lines: Array.from({ length: 900 }, (_, at) => `line ${at}`) }));
const sections: readonly RecordSection[] = [
  made("memory", '{"total":8}', { isIndexed: false, since: 1_790_000_000_001 }),
  made("network", "", { status: "denied", digest: null, body: null, schema: 3, since: 5 }),
  made("software.deb", "", {
    body: compress(large),
    digest: digestOfBytes(large),
    items: Buffer.from([2, 1, 1]),
    status: "timed-out",
  }),
  made("system", '{"model":"Analytical"}'),
];

const read = (record: Uint8Array) =>
  decodeRecord(record, words).map(({ bytes: _bytes, body, ...section }) => {
    const bytes = body();
    return { ...section, body: bytes && Buffer.from(bytes) };
  });

/** Names of the sections whose documents are what they were. */
const whole = (record: Uint8Array) =>
  decodeRecord(record, words).flatMap(({ name, digest, body }) => {
    try {
      return documentOf({ name, digest, body: body(), lists: null }) ? [name] : [];
    } catch {
      return [];
    }
  });

t.test("read again are what was written, without a section, too", async (t) => {
  const expected = sections.map((section) => ({
    ...section,
    body: section.body && Buffer.from(section.body),
  }));
  t.same(read(encodeRecord(sections, words)), expected);
  t.same(read(encodeRecord([], words)), []);
});

t.test("lose to damage in a document that alone, or the small ones together", async (t) => {
  const record = encodeRecord(sections, words);
  t.same(whole(record), ["memory", "software.deb", "system"]);
  const inLast = Buffer.from(record);
  inLast[record.length - 9] = (inLast.at(-9) ?? 0) ^ 0xff;
  t.same(whole(inLast), ["memory", "system"], "a larger one");
  t.same(whole(record.subarray(0, record.length - 9)), ["memory", "system"], "cut short");
  const small = Buffer.from(record);
  const at = record.length - (sections[2]?.body?.length ?? 0) - 3;
  small[at] = (small[at] ?? 0) ^ 0xff;
  t.same(whole(small).includes("software.deb"), true, "the others");
  t.ok(whole(small).length < 3);
});

t.test("with damage in what they say of their sections are damaged, whichever bit it is", async (t) => {
  const record = encodeRecord(sections, words);
  const head = 1 + 4 + 1 + record.readUInt8(5);
  for (let bit = 0; bit < head * 8; bit++) {
    const damaged = Buffer.from(record);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    t.throws(() => decodeRecord(damaged, words), RecordDamaged, `bit ${bit}`);
  }
  for (let length = 0; length < head; length++)
    t.throws(() => decodeRecord(record.subarray(0, length), words), RecordDamaged, `${length} bytes`);
});

t.test("name what a newer program wrote with", async (t) => {
  const record = encodeRecord(sections, words);
  const fewer = wordsIn({ names: names.slice(1), dictionaries: [] });
  t.throws(() => decodeRecord(record, fewer), UnknownWord);
});

t.test("of former definitions stay readable", async (t) => {
  const former = { number: 3, digest: "former", bytes: Buffer.from('{"model":"","total":0}') };
  const written = encodeRecord(sections, { ...words, dictionary: former });
  const now = wordsIn({
    names,
    dictionaries: [
      { number: 3, digest: "former", body: former.bytes },
      { number: 7, ...presentDictionary() },
    ],
  });
  t.equal(now.dictionary.number, 7);
  t.same(
    decodeRecord(written, now).map(({ name }) => name),
    names.map(({ name }) => name),
  );
  t.same(Buffer.from(decodeRecord(written, now)[3]?.body() ?? []), Buffer.from('{"model":"Analytical"}'));
});

t.test("are not written with a digest where there is no document", async (t) => {
  t.throws(() => encodeRecord([made("memory", "{}", { digest: null })], words), {
    message: "a digest stands where its document does",
  });
});
