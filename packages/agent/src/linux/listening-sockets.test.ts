// The kernel's tables of sockets: who waits, from where it can be reached, and how much of a table is read.
import fc from "fast-check";
import t from "tap";
import { parsePortRange, parseSockets, readSockets } from "./listening-sockets.ts";

const heading =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const line = (local: string, remote: string, state: string, inode: number) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 00000000fed65c8b 100 0 0 10 0`;
const nobody = "00000000:0000";
const nobody6 = `${"0".repeat(32)}:0000`;

t.test("tells who waits for others, and from where they can come", async (t) => {
  const lines = [
    heading,
    line("00000000:0016", nobody, "0A", 11),
    line("0100007F:0277", nobody, "0A", 12),
    line("3500007F:0035", nobody, "0A", 13),
    line("0502000A:0050", nobody, "0A", 14),
    line("0502000A:0051", "0102000A:C000", "01", 15),
    line(`${"0".repeat(32)}:0016`, nobody6, "0A", 16),
    line("00000000000000000000000001000000:0277", nobody6, "0A", 17),
    line("0000000000000000FFFF00000100007F:1F90", nobody6, "0A", 18),
    line("0000000000000000FFFF000000000000:1F91", nobody6, "0A", 19),
    line("000080FE00000000FF00FC00010000FE:1F92", nobody6, "0A", 20),
  ];
  const told = parseSockets(lines, "tcp").map(({ address, port, inode }) => `${address} ${port} ${inode}`);
  t.same(told, [
    "any 22 11",
    "loopback 631 12",
    "loopback 53 13",
    "single 80 14",
    "any 22 16",
    "loopback 631 17",
    "loopback 8080 18",
    "any 8081 19",
    "single 8082 20",
  ]);
});

t.test("takes of UDP those without another end", async (t) => {
  const lines = [
    line("00000000:14E9", nobody, "07", 21),
    line("0502000A:0044", nobody, "07", 22),
    line("0502000A:D431", "08080808:01BB", "01", 23),
    line("00000000:0000", nobody, "07", 24),
  ];
  t.same(
    parseSockets(lines, "udp").map(({ port }) => port),
    [5_353, 68],
  );
});

t.test("reads a server's table no further than those that wait", async (t) => {
  const waiting = Array.from({ length: 40 }, (_, index) =>
    line(`00000000:${(index + 256).toString(16).toUpperCase().padStart(4, "0")}`, nobody, "0A", index + 1),
  );
  const connected = Array.from({ length: 20_000 }, () => line("0502000A:0050", "0102000A:C000", "01", 9));
  const table = Buffer.from([heading, ...waiting, ...connected, ""].join("\n"));
  let read = 0;
  const file = {
    size: 0,
    read: (position: number, length: number) => {
      // As the kernel does, a page at a time.
      const part = table.subarray(position, position + Math.min(length, 4_050));
      read += part.length;
      return part;
    },
  };
  t.equal(readSockets(file, "tcp").length, 40);
  t.ok(read < 20_000, `${read} of ${table.length} bytes`);
});

t.test("knows the ports that clients are given", async (t) => {
  t.same(parsePortRange("15000\t61000\n"), { first: 15_000, last: 61_000 });
  t.same([undefined, "", "x"].map(parsePortRange), Array(3).fill({ first: 32_768, last: 60_999 }));
});

t.test("makes nothing of lines that are none", async () => {
  const some = fc.oneof(
    fc.string(),
    fc.constantFrom(line("0G000000:0016", nobody, "0A", 1), "0: 1:1 0:0 0A"),
  );
  fc.assert(fc.property(fc.array(some), (lines) => parseSockets(lines, "tcp").length === 0));
});
