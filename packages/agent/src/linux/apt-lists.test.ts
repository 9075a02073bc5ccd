// apt's lists: found piece by piece as in one piece, compressed as plain, and chosen from as apt chooses.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import t from "tap";
import { type Offer, parseRelease, scanPackages, updatesOf, wantedNames } from "./apt-lists.ts";
import { compareDpkgVersions } from "./dpkg-version.ts";
import { decodeLz4 } from "./lz4.ts";

const list = ["a", "b-wanted", "c", "d-wanted", "wanted"]
  .map((name) => `Package: ${name}\nVersion: 1.0\nDescription: says\n Package: wanted\n`)
  .join("\n");
const wanted = wantedNames(new Set(["b-wanted", "d-wanted", "wanted"]));

function scanned(pieces: (from: number) => number): string[] {
  const bytes = Buffer.from(list);
  const found: string[] = [];
  for (let at = 0, size = 0; at < bytes.length; ) {
    size = Math.min(bytes.length - at, size + pieces(at));
    const isLast = at + size === bytes.length;
    const taken = scanPackages(bytes.subarray(at, at + size), isLast, wanted, (each) => found.push(each));
    at += taken;
    size -= taken;
    if (isLast) break;
  }
  return found;
}

t.test("finds the same in pieces of any size", (t) => {
  const whole = scanned(() => list.length);
  t.same(
    whole.map((paragraph) => paragraph.split("\n", 1)[0]),
    ["Package: b-wanted", "Package: d-wanted", "Package: wanted"],
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (sizes) => {
      let turn = 0;
      t.same(
        scanned(() => sizes[turn++ % sizes.length] ?? 1),
        whole,
      );
    }),
    { numRuns: 50 },
  );
  t.end();
});

const offer = (version: string, more: Partial<Offer> = {}): Offer => ({
  name: "p",
  version,
  architecture: "amd64",
  isSecurity: false,
  priority: 500,
  isPhased: false,
  ...more,
});

t.test("chooses as apt does", (t) => {
  const chosen = (version: string, ...offers: Offer[]) =>
    updatesOf([{ name: "p", version, architecture: "amd64" }], offers).map(({ available, isSecurity }) => [
      available,
      isSecurity,
    ]);
  t.same(chosen("1-1", offer("1-1"), offer("1-2"), offer("1-3")), [["1-3", false]]);
  t.same(
    chosen("1-1", offer("1-2", { isSecurity: true }), offer("1-3")),
    [["1-3", true]],
    "a security update on the way",
  );
  t.same(chosen("1-3", offer("1-2", { isSecurity: true })), [], "nothing older");
  const backport = offer("2-1~bpo", { priority: 100 });
  t.same(chosen("1-1", offer("1-1"), backport), [], "no backport by itself");
  t.same(chosen("1-1", offer("1-2"), backport), [["1-2", false]]);
  t.same(chosen("2-0~bpo", offer("1-1"), backport), [["2-1~bpo", false]], "but one of a backport");
  t.same(chosen("1-1", offer("3-1", { priority: 1 })), [], "nothing experimental");
  t.same(chosen("1-1", offer("1-2", { isPhased: true })), [], "what is not for everybody yet");
  t.same(chosen("1-1", offer("1-2", { architecture: "i386" })), []);
  t.same(chosen("1-1", offer("1-2", { architecture: "all" })), [["1-2", false]]);
  t.end();
});

t.test("knows what a source is for by its Release file", (t) => {
  t.same(parseRelease("Origin: Debian\nLabel: Debian-Security\nSuite: oldstable-security\n"), {
    isSecurity: true,
    priority: 500,
  });
  t.same(
    parseRelease("Suite: stretch/updates\nLabel: Debian\nNotAutomatic: yes\nButAutomaticUpgrades: yes\n"),
    { isSecurity: false, priority: 100 },
  );
  t.same(parseRelease("Suite: experimental\nNotAutomatic: yes\n"), { isSecurity: false, priority: 1 });
  t.same(parseRelease("Suite: jammy-security\n").isSecurity, true);
  t.same(parseRelease(""), { isSecurity: false, priority: 500 });
  t.end();
});

/** Oldest first, as deb-version(7) has it. */
const ordered = [
  "0",
  "1.0~~",
  "1.0~rc1",
  "1.0",
  "1.0-0",
  "1.0-1",
  "1.0-1+b1",
  "1.0-1.1",
  "1.0-09.2",
  "1.0-10",
  "1.0a",
  "1.0+dfsg",
  "1.00.1",
  "1.2",
  "1.10",
  "1:0.1",
  "2:0",
];

t.test("orders versions as deb-version(7) does", (t) => {
  for (const [at, version] of ordered.entries())
    for (const [other, against] of ordered.entries()) {
      const isSame = [version, against].sort().join() === "1.0,1.0-0";
      t.equal(
        Math.sign(compareDpkgVersions(version, against)),
        isSame ? 0 : Math.sign(at - other),
        `${version} ${against}`,
      );
    }
  t.end();
});

const dpkg = spawnSync("/usr/bin/dpkg", ["--version"]);

t.test(
  "orders versions as dpkg itself",
  { skip: dpkg.status === 0 ? false : "dpkg is not installed here" },
  (t) => {
    const version = fc.stringMatching(/^[0-9][0-9a-zA-Z.+~]{0,5}(-[0-9a-z.+~]{1,3})?$/);
    fc.assert(
      fc.property(version, version, (a, b) => {
        const isOlder = spawnSync("/usr/bin/dpkg", ["--compare-versions", a, "lt", b]).status === 0;
        t.equal(compareDpkgVersions(a, b) < 0, isOlder, `${a} ${b}`);
      }),
      { numRuns: 30 },
    );
    t.end();
  },
);

/** A frame of one block: descriptor, length, what follows, the end mark. */
function frame(block: readonly number[], isPlain = false): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(block.length + (isPlain ? 0x8000_0000 : 0));
  return Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0xc0]),
    length,
    Buffer.from(block),
    Buffer.alloc(4),
  ]);
}

function decoded(bytes: Buffer): string {
  let text = "";
  const file = { size: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
  decodeLz4(file, (piece) => {
    text += piece.toString("latin1");
    return piece.length;
  });
  return text;
}

t.test("decodes LZ4 frames, and ends on broken ones", (t) => {
  // "abc", then 20 bytes from three bytes back on, then "x".
  const repeated = [0x3f, 0x61, 0x62, 0x63, 3, 0, 1, 0x10, 0x78];
  t.equal(decoded(frame(repeated)), `${"abc".repeat(8).slice(0, 23)}x`);
  t.equal(decoded(frame([0x61, 0x62], true)), "ab");
  for (const broken of [
    frame([0x3f, 0x61, 0x62, 0x63, 9, 0, 1]),
    frame([0xf0, 255, 255]),
    frame(repeated).subarray(0, 14),
    Buffer.from("Package: a\n"),
  ])
    t.throws(() => decoded(broken));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (block) => {
      try {
        return decoded(frame([...block])).length <= 65_536 + 2 ** 22;
      } catch (error) {
        return error instanceof Error;
      }
    }),
    { numRuns: 200 },
  );
  t.end();
});
