/** What cannot be read as HTTP is answered, logged and closed like everything else that is wrong. */
import { readFileSync } from "node:fs";
import t from "tap";
import { pathsIn } from "../store/data-directory.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import type { Reply } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const head = (...lines: string[]) => `${lines.join("\r\n")}\r\n\r\n`;
const post = (...headers: string[]) => head("POST /v1/enrolments HTTP/1.1", "host: x", ...headers);

/** The answer to these bytes; the server has to close behind it. */
async function answerTo(text: string, { end = false } = {}): Promise<Reply> {
  const connection = await RawConnection.open(server.url);
  connection.write(text);
  if (end) connection.end();
  const reply = await connection.reply();
  await connection.closed();
  return reply;
}

const unreadable = {
  "no HTTP": head("Hello, server"),
  "a TLS greeting": "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
  "a method that there is not": head("FETCH / HTTP/1.1", "host: x"),
  "a version that there is not": head("GET / HTTP/9.9", "host: x"),
  "no Host": head("GET /healthz HTTP/1.1", "connection: close"),
  "a header that is none": head("GET / HTTP/1.1", "host: x", "no colon here"),
  "a header with a NUL": head("GET / HTTP/1.1", "host: x", "a: b\0c"),
  "a head that is too large": head("GET / HTTP/1.1", "host: x", `a: ${"b".repeat(17_000)}`),
  "too many headers": head(
    "GET / HTTP/1.1",
    "host: x",
    ...Array.from({ length: 2_000 }, (_, n) => `x-${n}: 12345678`),
  ),
  "two lengths": `${post("content-length: 2", "content-length: 3")}{}`,
  "a length that is none": `${post("content-length: x")}{}`,
  "a length and chunks": `${post("content-length: 2", "transfer-encoding: chunked")}0\r\n\r\n`,
  "chunks that are none": `${post("transfer-encoding: chunked")}zz\r\n`,
};

const outcomes: Readonly<Record<string, string>> = {
  "a head that is too large": "431 headers-too-large",
  "too many headers": "431 headers-too-large",
};

t.test("answers everything that is no request", async (t) => {
  for (const [name, text] of Object.entries(unreadable))
    t.equal(outcomeOf(await answerTo(text)), outcomes[name] ?? "400 invalid-request", name);
});

t.test("answers what breaks off, in the head or in the body, when the sender still listens", async (t) => {
  const cut = [
    "GET /healthz HT",
    `${post("content-length: 100")}{`,
    `${post("transfer-encoding: chunked")}5\r\nab`,
  ];
  for (const text of cut)
    t.equal(outcomeOf(await answerTo(text, { end: true })), "400 invalid-request", JSON.stringify(text));
});

t.test("answers a right request before it closes for what stands behind it", async (t) => {
  const connection = await RawConnection.open(server.url);
  connection.write(`${head("GET /readyz HTTP/1.1", "host: x")}GARBAGE\r\n\r\n`);
  t.equal(outcomeOf(await connection.reply()), "200");
  await connection.closed();
});

t.test("reads on after an expectation that it does not know", async (t) => {
  const text = head("GET /healthz HTTP/1.1", "host: x", "expect: tea", "connection: close");
  t.equal(outcomeOf(await answerTo(text)), "200");
});

t.test("writes each of them into the log, under the id of the answer", async (t) => {
  const ids: unknown[] = [];
  const statuses: number[] = [];
  for (const text of Object.values(unreadable)) {
    const { headers, status } = await answerTo(text);
    ids.push(headers["x-request-id"]);
    statuses.push(status);
  }
  ids.push((await answerTo(`${post("content-length: 9")}{`, { end: true })).headers["x-request-id"]);
  await server.stop();
  const lines = readFileSync(pathsIn(server.directory).requestLog, "utf8").trim().split("\n");
  const logged = lines.map((line) => JSON.parse(line)).filter(({ requestId }) => ids.includes(requestId));
  t.equal(new Set(ids).size, Object.keys(unreadable).length + 1);
  t.same(
    logged.map(({ requestId, status }) => [requestId, status]),
    ids.map((id, index) => [id, statuses[index] ?? 400]),
  );
  t.match(logged.at(-1), { method: "POST", route: "/v1/enrolments", address: "127.0.0.0/24" });
});

t.test("gives up on a head and on a body that do not come in time", async (t) => {
  const timeouts = { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 };
  const hasty = await TestServer.start(t.testdir({}), { timeouts });
  t.teardown(() => hasty.stop());
  const silent = await RawConnection.open(hasty.url);
  for (const text of ["GET /healthz HTTP/1.1\r\nhost: x", `${post("content-length: 100")}{`]) {
    const connection = await RawConnection.open(hasty.url);
    connection.write(text);
    t.equal(outcomeOf(await connection.reply()), "408 request-timeout", JSON.stringify(text));
    await connection.closed();
  }
  // Who never said anything is told nothing.
  await silent.closed();
  await t.rejects(silent.reply(), { message: 'closed after ""' });
});
