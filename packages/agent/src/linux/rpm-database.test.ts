// rpm's three databases and its headers: what is made up is read back, what is damaged costs itself.
import assert from "node:assert/strict";
import fc from "fast-check";
import t, { type Test } from "tap";
import { openLook } from "../collecting/look.ts";
import { machineTree } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";
import { ndbDatabase, rpmHeader, sqliteDatabase } from "../testing/rpm-made.ts";
import { berkeleyValues } from "./berkeley-hash.ts";
import { inMemory, Malformed } from "./partly-read.ts";
import { readRpmDatabase, rpmFolders } from "./rpm-database.ts";
import { readRpmHeader } from "./rpm-header.ts";
import { ndbValues } from "./rpm-ndb.ts";
import { parseRpmQuery } from "./rpm-query.ts";

const bash = {
  name: "bash",
  version: "5.1.8",
  release: "6.el9",
  epoch: 2,
  architecture: "x86_64",
  vendor: "Red Hat, Inc.",
  size: 7_738_634,
  installedAt: 1_700_000_000,
  sourceRpm: "bash-5.1.8-6.el9.src.rpm",
};

t.test("reads of a header what is wanted, wherever it lies", async (t) => {
  t.same(readRpmHeader(inMemory(rpmHeader({ ...bash, filler: 100_000 }))), bash);
  const bare = { name: "a", version: "1", release: "2" };
  t.same(readRpmHeader(inMemory(rpmHeader({ ...bare, epoch: 0 }))), bare, "no epoch is epoch 0");
  t.same(readRpmHeader(inMemory(rpmHeader({ ...bare, longSize: 2n ** 33n }))), { ...bare, size: 2 ** 33 });
});

t.test("refuses what is no header, or names no package", async (t) => {
  const refused = (bytes: Buffer) =>
    t.throws(() => readRpmHeader(inMemory(bytes)), { message: /^has a package with/ });
  const { name: _, ...nameless } = bash;
  refused(rpmHeader(nameless));
  refused(rpmHeader({ ...bash, name: "n".repeat(600) }));
  refused(rpmHeader(bash).subarray(0, -1));
  refused(Buffer.alloc(64, 0xff));
  refused(Buffer.alloc(64));
});

t.test("gives up on damaged headers, and on nothing else", async () => {
  const header = rpmHeader(bash);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(header.length - 1), fc.nat(255)), { maxLength: 5 }), (changes) => {
      const damaged = Buffer.from(header);
      for (const [at, byte] of changes) damaged.writeUInt8(byte, at);
      try {
        assert.ok(readRpmHeader(inMemory(damaged)).name.length > 0);
      } catch (error) {
        assert.ok(error instanceof Malformed || error instanceof RangeError);
      }
    }),
    { numRuns: 300 },
  );
});

const lookAt = (t: Test, path: string, content: Buffer) =>
  openLook({ root: machineTree(t, { [path]: content }), reads: rpmFolders });

const three = [bash, { ...bash, name: "zlib", filler: 70_000 }, { ...bash, name: "kernel", filler: 3_000 }];
const threeNames = ["bash", "zlib", "kernel"];

t.test("reads the databases of today, in either place", async (t) => {
  for (const [path, content] of [
    ["/var/lib/rpm/rpmdb.sqlite", sqliteDatabase(t, three)],
    ["/usr/lib/sysimage/rpm/rpmdb.sqlite", sqliteDatabase(t, three)],
    ["/usr/lib/sysimage/rpm/Packages.db", ndbDatabase(three)],
  ] as const) {
    const look = lookAt(t, path, content);
    const { packages = [], isDamaged } = readRpmDatabase(look) ?? {};
    t.same([packages.map(({ name }) => name), isDamaged, look.notes], [threeNames, false, []], path);
    t.same(packages[0], bash);
  }
  t.equal(readRpmDatabase(lookAt(t, "/var/lib/rpm/.rpm.lock", Buffer.alloc(0))), undefined);
});

t.test("passes over what is damaged in a database, and says so", async (t) => {
  const broken = ndbDatabase(three);
  broken.write("Gone", broken.indexOf("BlbS"));
  const look = lookAt(t, "/var/lib/rpm/Packages.db", broken);
  t.same(
    readRpmDatabase(look)?.packages.map(({ name }) => name),
    ["zlib", "kernel"],
  );
  t.same(look.notes, ["/var/lib/rpm/Packages.db: 1 damaged parts were passed over"]);

  const many = Array.from({ length: 40 }, (_, index) => ({ ...bash, name: `p${index}`, filler: 9_000 }));
  const whole = sqliteDatabase(t, many);
  const half = readRpmDatabase(
    lookAt(t, "/var/lib/rpm/rpmdb.sqlite", whole.subarray(0, whole.length * 0.75)),
  );
  t.ok(half?.isDamaged && half.packages.length > 10 && half.packages.length < 40, `${half?.packages.length}`);

  for (const [file, why] of [
    ["rpmdb.sqlite", "is no SQLite database"],
    ["Packages.db", "is no ndb database"],
    ["Packages", "is no Berkeley DB"],
  ]) {
    const path = `/var/lib/rpm/${file}`;
    const nothing = lookAt(t, path, Buffer.from("nothing"));
    t.same(readRpmDatabase(nothing), { packages: [], isDamaged: true });
    t.same(nothing.notes, [`${path}: ${why}`]);
  }
});

t.test("reads no blob for slots without end", async (t) => {
  const one = ndbDatabase([{ ...bash, filler: 1_000 }]);
  for (let slot = 48; slot < 4_096; slot += 16) one.copy(one, slot, 32, 48);
  const { values, damaged } = ndbValues(inMemory(one), readRpmHeader);
  t.ok(values.length < 10 && damaged > 200, `${values.length}`);
});

t.test("yields what can be had of a database with bytes changed anywhere", async () => {
  const ndb = ndbDatabase(three);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(ndb.length - 1), fc.nat(255)), { maxLength: 20 }), (changes) => {
      const damaged = Buffer.from(ndb);
      for (const [at, byte] of changes) damaged.writeUInt8(byte, at);
      try {
        assert.ok(ndbValues(inMemory(damaged), readRpmHeader).values.length <= 3);
      } catch (error) {
        assert.ok(error instanceof Malformed);
      }
    }),
    { numRuns: 100 },
  );
});

t.test("reads the Berkeley databases of before, by a real one", { skip: withoutRecords }, async (t) => {
  const file = record("packages/rpmdb-Packages-bdb");
  const { packages = [] } = readRpmDatabase(lookAt(t, "/var/lib/rpm/Packages", file)) ?? {};
  t.match(packages, [{ name: /./ }]);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 30 }), (changes) => {
      const damaged = Buffer.from(file);
      for (const [at, byte] of changes) damaged.writeUInt8(byte, at);
      try {
        berkeleyValues(inMemory(damaged), readRpmHeader);
      } catch (error) {
        assert.ok(error instanceof Malformed);
      }
    }),
    { numRuns: 100 },
  );
});

t.test("reads what rpm prints, and passes over what it does not", async (t) => {
  const line = "bash\t2\t5.1.8\t6.el9\tx86_64\tRed Hat, Inc.\t7738634\t1700000000\tbash-5.1.8-6.el9.src.rpm";
  const key = "gpg-pubkey\t0\tfd431d51\t4ae0493b\t(none)\t(none)\t0\t1700000001\t(none)";
  const signer = { name: "gpg-pubkey", version: "fd431d51", release: "4ae0493b" };
  t.same(parseRpmQuery(`error: rpmdb: damaged\n${line}\n${key}\n\tno\n`), [
    bash,
    { ...signer, size: 0, installedAt: 1_700_000_001 },
  ]);
});
