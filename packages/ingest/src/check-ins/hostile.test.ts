/** Enrolled devices that mean harm: what they can make the server hold, in memory and on disk, is bounded. */
import { randomBytes } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";
import { canonicalBytes, compress } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { ok } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { bytesOf } from "../testing/stored-history.ts";
import { TestServer } from "../testing/test-server.ts";

const MiB = 2 ** 20;
const zstd = { "content-encoding": "zstd" };
const section = "software.deb";

async function started(t: Test, config: Readonly<Record<string, number>> = {}): Promise<TestServer> {
  const server = await TestServer.start(t.testdir({ "config.json": JSON.stringify(config) }));
  t.teardown(() => server.stop());
  return server;
}

const crowd = (server: TestServer, count: number): Promise<SimulatedDevice[]> =>
  Promise.all(Array.from({ length: count }, () => server.device()));

const ordinalOf = ({ session }: SimulatedDevice) => Number(session.slice(4).split(".")[0]);

/** A frame whose header says 8 bytes of content size, and nothing of the kind behind it. */
function declaring(bytes: bigint): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xc0, 13 << 3, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64LE(bytes, 6);
  return Buffer.concat([head, Buffer.from([0x01, 0, 0])]);
}

/** Blocks that say one byte 128 KiB long, without a word of how many come (RFC 8878, 3.1.1.2). */
function undeclared(blocks: number): Buffer {
  const block = Buffer.from([0, 0, 0, 0x5b]);
  block.writeUIntLE(((128 * 1024) << 3) | (1 << 1), 0, 3);
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3]);
  return Buffer.concat([head, ...Array.from({ length: blocks }, () => block), Buffer.from([0x01, 0, 0])]);
}

/** A frame that says nothing (RFC 8878, 3.1.2). */
function skippable(length: number): Buffer {
  const frame = Buffer.alloc(8 + length);
  frame.writeUInt32LE(0x184d2a50, 0);
  frame.writeUInt32LE(length, 4);
  return frame;
}

t.test("decodes one bomb at a time, however many come, and answers others meanwhile", async (t) => {
  const server = await started(t);
  const [honest, ...hostile] = await crowd(server, 11);
  const bomb = zstdCompressSync(Buffer.alloc(63 * MiB, "["));
  const replies = hostile.map((device) => device.putBytes(bomb, zstd));
  t.equal(outcomeOf((await honest?.checkIn()) ?? { status: 0, headers: {}, body: null }), "200");
  t.same(
    (await Promise.all(replies)).map(outcomeOf),
    hostile.map(() => "400 too-deep"),
  );
  const { inUse, peak } = server.memory;
  t.equal(inUse, 0);
  t.ok(peak >= 63 * MiB && peak < 64 * MiB, `${peak} bytes`);
});

t.test("makes no room for what a frame declares beyond the limit", async (t) => {
  const server = await started(t);
  const device = await server.device();
  for (const size of [64n * BigInt(MiB) + 1n, 2n ** 40n, 2n ** 63n])
    t.equal(outcomeOf(await device.putBytes(declaring(size), zstd)), "413 too-large", `${size}`);
  t.ok(server.memory.peak <= 64 * MiB + 1024, `${server.memory.peak}`);
  t.equal(server.memory.inUse, 0);
});

t.test("stops at the limit where nothing is declared, and refuses what hides behind frames", async (t) => {
  const server = await started(t);
  const device = await server.device();
  const small = compress(Buffer.from("[]"));
  const bombs: readonly (readonly [string, Buffer, string])[] = [
    ["nothing declared, too much", undeclared(513), "413 too-large"],
    ["nothing declared, as much as may be", undeclared(511), "400 too-deep"],
    [
      "less declared than there is",
      Buffer.concat([declaring(5n).subarray(0, 14), undeclared(4).subarray(6)]),
      "400 invalid-encoding",
    ],
    ["many frames", Buffer.concat(Array.from({ length: 100_000 }, () => small)), "400 invalid-encoding"],
    ["skippable frames", Buffer.concat([skippable(7 * MiB), small]), "400 invalid-encoding"],
    [
      "frames that say nothing behind one",
      Buffer.concat([small, ...Array.from({ length: 1_000 }, () => skippable(0))]),
      "400 invalid-encoding",
    ],
    [
      "a window of 32 MiB",
      zstdCompressSync(Buffer.alloc(33 * MiB), { params: { [constants.ZSTD_c_windowLog]: 25 } }),
      "400 invalid-encoding",
    ],
  ];
  for (const [name, bytes, outcome] of bombs)
    t.equal(outcomeOf(await device.putBytes(bytes, zstd)), outcome, name);
  t.equal(server.memory.inUse, 0);
  t.ok(server.memory.peak <= 73 * MiB, `${server.memory.peak}`);
});

t.test("asks to come later when its memory is taken, and takes them then", async (t) => {
  const config = {
    "sections.decodedBytes": 4 * MiB,
    "sections.documentBytes": 4 * MiB,
    "server.decodingBytes": 12 * MiB,
  };
  const server = await started(t, config);
  const [honest, ...hostile] = await crowd(server, 3);
  if (!honest) throw new Error("no device");
  await honest.checkedIn();
  // Each holds seven of its eight megabytes back until the end.
  const connections = await Promise.all(
    hostile.map(async ({ session }) => {
      const connection = await RawConnection.open(server.url);
      connection.write(
        `PUT /v1/sections HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${session}\r\ncontent-length: ${8 * MiB}\r\n\r\n`,
      );
      connection.write(Buffer.alloc(5.9 * MiB));
      return connection;
    }),
  );
  while (server.memory.inUse < 11.7 * MiB) await new Promise(setImmediate);
  const large = honest.sectionsBody({ [section]: ok({ packages: [] }), x: "x".repeat(MiB) });
  const refused = await honest.putBytes(canonicalBytes(large));
  t.equal(outcomeOf(refused), "503 busy");
  t.match(refused.headers["retry-after"], /^\d\d$/);
  for (const connection of connections) connection.end();
  await Promise.all(connections.map((connection) => connection.closed()));
  t.equal(outcomeOf(await honest.putBytes(canonicalBytes(large))), "200");
  t.equal(server.memory.inUse, 0);
  t.ok(server.memory.peak <= 12 * MiB);
});

t.test("stores no more of a device that floods it with names, versions and flapping", async (t) => {
  const server = await started(t, { "sections.storedBytes": MiB });
  const device = await server.device();
  await device.checkedIn();
  const flood = () => ({
    packages: Array.from({ length: 1_000 }, () => randomBytes(16).toString("hex"))
      .toSorted()
      .map((name) => ({ architecture: "amd64", name: `x${name}`, version: "1" })),
  });
  const [one, other] = [flood(), flood()];
  for (let round = 0; round < 10; round++) await device.sent({ [section]: ok(flood()) });
  for (let round = 0; round < 30; round++)
    await device.sent({ [section]: ok(round % 2 === 0 ? one : other) });
  const bytes = await bytesOf(server, ordinalOf(device));
  t.ok(bytes < 1.1 * MiB, `${bytes}`);
  const found = await server.admin("GET", "/api/v1/software?fresh=true&limit=1000");
  t.match(found.body, { next: null });
  const shown = await server.admin("GET", `/api/v1/devices/${device.device}`);
  t.match(shown.body, { flags: ["not-indexed"] });
});
