/**
 * Routes of devices are found by their address alone, past Express. Whatever comes is answered, logged and counted as
 * through Express, which an address with an empty query still takes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { RawConnection } from "../testing/raw-connection.ts";
import { type SimulatedDevice, send } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What one of two devices in the same state sends; each has the same history in both ways. */
const requests: Readonly<Record<string, (device: SimulatedDevice) => Sent>> = {
  "the first check-in": (device) => ({ body: JSON.stringify(device.checkInBody()) }),
  "one that writes no row": (device) => ({ body: JSON.stringify(device.checkInBody()) }),
  "another one": (device) => ({ body: JSON.stringify(device.checkInBody()) }),
  "a state that is not the stored one": (device) => ({
    body: JSON.stringify(device.checkInBody({ stateDigest: "A".repeat(43) })),
  }),
  "an unknown application": (device) => ({
    body: JSON.stringify(device.checkInBody({ applications: [{ number: "kiosk", version: "1" }] })),
  }),
  "a counter long ago": (device) => {
    const body = device.checkInBody({ counter: 1 });
    device.counter--;
    return { body: JSON.stringify(body) };
  },
  "another consent": (device) => {
    const body = device.checkInBody({ consentNumber: 9 });
    device.counter--;
    return { body: JSON.stringify(body) };
  },
  "no JSON": () => ({ body: "{" }),
  "no body": () => ({ body: "" }),
  "a member of another type": (device) => ({
    body: JSON.stringify({ ...device.checkInBody(), counter: "1" }),
  }),
  "a body that is too large": () => ({ body: " ".repeat(70_000) }),
  "an encoding that is not taken": () => ({ body: "{}", headers: { "content-encoding": "gzip" } }),
  "another digest": () => ({ body: "{}", headers: { "repr-digest": "sha-256=:AAAA:" } }),
  "no session": () => ({ body: "{}", headers: { authorization: "" } }),
  "another's session": () => ({ body: "{}", headers: { authorization: `Bearer rcs_1.${"A".repeat(43)}` } }),
  "a session of nobody": () => ({
    body: "{}",
    headers: { authorization: `Bearer rcs_999.${"A".repeat(43)}` },
  }),
  "another method": () => ({ method: "GET" }),
  "sections that are none": () => ({ method: "PUT", path: "/v1/sections", body: "no zstd" }),
  "a consent that is none": () => ({ method: "PUT", path: "/v1/consent", body: '{"a":1}' }),
  "a name that is not its own": (device) => ({
    body: JSON.stringify(device.checkInBody()),
    headers: { host: "elsewhere.example", origin: "https://elsewhere.example" },
  }),
};

/** What differs from one request to the next. */
const ofEach = ["date", "x-request-id", "rollcall-nonce"];

const times = /"\d{4}-[^"]*Z"/g;

async function answered(device: SimulatedDevice, way: string, request: Sent) {
  const { method = "POST", path = "/v1/check-ins", body, headers } = request;
  const reply = await send(device.url, {
    method: method as "POST", // as the tests' client has them
    path: path + way,
    ...(body === undefined ? {} : { body }),
    headers: { authorization: `Bearer ${device.session}`, "content-type": "application/json", ...headers },
  });
  const told = Object.entries(reply.headers).filter(([name]) => !ofEach.includes(name));
  const { instance: _, ...content } = JSON.parse(JSON.stringify(reply.body).replaceAll(times, '"-"'));
  return { status: reply.status, headers: Object.fromEntries(told), content };
}

/** The latest lines of the log that are of devices' routes, without what differs from one to the next. */
function logged(server: TestServer, count: number): unknown[] {
  const lines = readFileSync(join(server.directory, "requests.log"), "utf8").trim().split("\n");
  return lines.slice(-count).map((line) => {
    const { time: _, requestId: __, durationMilliseconds: ___, device: ____, ...rest } = JSON.parse(line);
    return rest;
  });
}

async function inBothWays(t: Test, ask: (device: SimulatedDevice, way: string) => Promise<unknown[]>) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const [direct, express] = [await server.device(), await server.device()];
  const answers = [await ask(direct, ""), await ask(express, "?")];
  await server.stop();
  const count = answers[0]?.length ?? 0;
  const lines = logged(server, 2 * count);
  return { answers, lines: [lines.slice(0, count), lines.slice(count)] };
}

t.test("answers and logs as through Express, good and bad requests alike", async (t) => {
  const { answers, lines } = await inBothWays(t, async (device, way) => {
    const all = [];
    for (const [name, requestOf] of Object.entries(requests))
      all.push({ name, ...(await answered(device, way, requestOf(device))) });
    return all;
  });
  const [direct, express] = answers;
  t.same(direct, express);
  t.same(lines[0], lines[1]);
  t.equal(direct?.length, Object.keys(requests).length);
});

t.test("takes one request at a time for each installation, whichever way they come", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await server.device();
  for (const [slow, other] of [
    ["", "?"],
    ["?", ""],
  ] as const) {
    const body = JSON.stringify(device.checkInBody());
    const connection = await RawConnection.open(server.url);
    connection.write(
      `POST /v1/check-ins${slow} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${device.session}\r\n` +
        `expect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    t.equal((await connection.reply()).status, 100);
    const refused = await answered(device, other, { body: "{}" });
    t.equal(refused.content.code, "check-in-running");
    connection.write(body);
    t.equal((await connection.reply()).status, 200);
    connection.end();
  }
});
