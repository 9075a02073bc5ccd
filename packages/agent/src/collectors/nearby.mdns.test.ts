// Section `nearby.mdns`: what others on the network say that they offer, from answers of every kind.
import fc from "fast-check";
import t from "tap";
import type { AgentFacts } from "../collecting/collector.ts";
import { parseServices, serviceQuery } from "../linux/multicast-dns.ts";
import { collected } from "../testing/collected.ts";
import { running } from "../testing/running.ts";
import { collector } from "./nearby.mdns.ts";

const linux = collector.platforms.linux;
if (!linux) throw new Error("it is for Linux");

const facts: AgentFacts = {
  platform: "linux",
  agentVersion: "0.1.0",
  applications: [],
  server: null,
  location: { level: "precise" },
};

const label = (text: string) => [Buffer.byteLength(text), ...Buffer.from(text)];
const short = (number: number) => [number >> 8, number & 0xff];
const record = (name: readonly number[], type: number, data: readonly number[]) => [
  ...name,
  ...short(type),
  ...short(0x8001),
  ...[0, 0, 0, 10],
  ...short(data.length),
  ...data,
];

/** A printer's answer as responders pack it: names point back to where they stand already. */
function printer(pointsTo = 12): Buffer {
  const kind = [...label("_ipp"), ...label("_tcp"), ...label("local"), 0];
  const instance = [...label("Büro drucker"), 0xc0, pointsTo];
  const pointer = record(kind, 12, instance);
  const at = 12 + kind.length + 10;
  const service = record([0xc0, at], 33, [0, 0, 0, 0, 2, 119, ...label("druck"), 0xc0, 12 + 10]);
  const text = record([0xc0, at], 16, label("serial=SECRET"));
  return Buffer.from([0, 0, 0x84, 0, 0, 0, ...short(1), 0, 0, ...short(2), ...pointer, ...text, ...service]);
}

const offered = { service: "_ipp._tcp", name: "Büro drucker", host: "druck.local" };

t.test("tells what others offer, and nothing of their texts", async (t) => {
  t.same(parseServices(printer()), [offered]);
  const answers = [
    { from: "192.0.2.250", bytes: printer() },
    { from: "127.0.0.1", bytes: printer() },
    { from: "192.0.2.251", bytes: Buffer.from("nonsense") },
  ];
  const { look } = running(t, linux, {}, {}, answers);
  t.same(await linux.collect(look, facts), {
    document: { services: [{ ...offered, address: "192.0.2.250" }] },
  });
});

t.test("asks for kinds, to be answered alone", async (t) => {
  const query = serviceQuery();
  t.equal(query.readUInt16BE(4), 12);
  t.ok(query.length < 400, "one datagram");
  t.same(query.subarray(12, 33).toString("latin1"), "\u0008_airplay\u0004_tcp\u0005local\0");
  t.same([query.readUInt16BE(33), query.readUInt16BE(35)], [12, 0x8001]);
  t.same(parseServices(query), [], "a question is no answer");
});

t.test("says that nobody answered apart from what could not be asked", async (t) => {
  t.same(await linux.collect(running(t, linux, {}, {}, []).look, facts), { nothing: "none" });
  t.same(await linux.collect(running(t, linux, {}).look, facts), { nothing: "failed" });
  t.match(await collected(t, "nearby.mdns", {}), { status: "unsupported" });
});

t.test("makes what can be had of broken answers, and comes to an end", async () => {
  const whole = printer();
  for (let length = 0; length < whole.length; length++) parseServices(whole.subarray(0, length));
  t.same(parseServices(printer(12 + 10 + 16 + 10)), [], "a name that leads to itself");
  const holds = (bytes: Uint8Array) => parseServices(bytes).every(({ name }) => name.length <= 63);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), holds), { numRuns: 300 });
  const changed = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([place, value]) => {
    const bytes = Buffer.from(whole);
    bytes[place] = value;
    return bytes;
  });
  fc.assert(fc.property(changed, holds), { numRuns: 300 });
});
