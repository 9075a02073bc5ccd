/** The connection against servers that answer as no good one does. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withSocketPath } from "@rollcall/host";
import { limits } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { ServerProblem } from "../agent-error.ts";
import { errorOf } from "../testing/test-device.ts";
import type { Address } from "./address.ts";
import { withConnection } from "./connection.ts";
import type { Request, Timeouts } from "./one-request.ts";

const quick: Timeouts = { connect: 1_000, headers: 1_000, body: 1_000, whole: 150 };

async function listen(t: Test, answer: RequestListener, below = ""): Promise<Address> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-"));
  mkdirSync(join(folder, below), { recursive: true });
  const path = join(folder, below, "agent.sock");
  const server = createServer(answer);
  await withSocketPath(path, (address) => new Promise<void>((resolve) => server.listen(address, resolve)));
  t.teardown(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });
  return { kind: "socket", path };
}

const get: Request = { method: "GET", path: "/v1/server" };
const ask = (address: Address, request: Request = get) =>
  withConnection(address, { timeouts: quick }, (connection) => connection.send(request));

const json = { "content-type": "application/json" };
const problemJson = { "content-type": "application/problem+json" };
const problemText = JSON.stringify({
  status: 409,
  code: "base-changed",
  title: "The state is another.",
  detail: "Another one.",
});

t.test("gives the body and the nonce of an answer", async (t) => {
  const address = await listen(t, (_, response) => {
    response.writeHead(200, { "content-type": "application/json; charset=utf-8", "rollcall-nonce": "n1" });
    response.end('{"a":1}');
  });
  const { body, nonce, bytes } = await ask(address);
  t.same([body, nonce, bytes.toString()], [{ a: 1 }, "n1", '{"a":1}']);
});

t.test("tells a problem by its code, with everything that goes with it", async (t) => {
  const address = await listen(t, (_, response) => {
    response.writeHead(409, { ...problemJson, "retry-after": "7", "rollcall-nonce": "n2" });
    response.end(problemText.replace("}", ',"stored":5}'));
  });
  const error = await ask(address).catch((caught: unknown) => caught);
  t.ok(error instanceof ServerProblem && error.is("base-changed"));
  t.match(error, {
    code: "refused",
    facts: { status: 409, problem: "base-changed", nonce: "n2", retryAfterSeconds: 7, body: { stored: 5 } },
  });
});

t.test("takes a server that cannot now for one that asks to wait", async (t) => {
  const address = await listen(t, (_, response) => {
    response.writeHead(503, problemJson).end(problemText);
  });
  t.match(await errorOf(ask(address)), { code: "asked-to-wait" });
});

const hostile: Readonly<Record<string, RequestListener>> = {
  "an answer over the limit": (_, response) => {
    response.writeHead(200, json);
    response.end(`"${"x".repeat(limits.answer)}"`);
  },
  "an endless answer": (_, response) => {
    response.writeHead(200, json);
    const more = () => {
      while (response.write("x".repeat(65_536)));
    };
    response.on("drain", more);
    more();
  },
  "a redirect": (_, response) => response.writeHead(307, { ...json, location: "/healthz" }).end("{}"),
  "broken JSON": (_, response) => response.writeHead(200, json).end('{"a":'),
  "JSON nested too deep": (_, response) => response.writeHead(200, json).end("[".repeat(50_000)),
  "another content type": (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("{}"),
  "no content type": (_, response) => response.writeHead(200).end("{}"),
  "an error page": (_, response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>"),
  "a problem without a code": (_, response) => response.writeHead(400, problemJson).end('{"status":400}'),
  "a problem that is no error": (_, response) => response.writeHead(200, problemJson).end(problemText),
  "nothing but headers": (_, response) => {
    response.writeHead(200, json).flushHeaders();
  },
  "no answer": () => undefined,
  "a closed connection": (request) => request.socket.destroy(),
  "half an answer": (_, response) => {
    response.writeHead(200, { ...json, "content-length": "100" });
    response.write("{");
    setImmediate(() => response.destroy());
  },
  "no HTTP": (request) => request.socket.end("SSH-2.0-OpenSSH_9.6\r\n"),
  "headers over the limit": (_, response) =>
    response.writeHead(200, { ...json, x: "x".repeat(40_000) }).end("{}"),
};

for (const [what, answer] of Object.entries(hostile)) {
  t.test(`has not reached a server that gives ${what}`, async (t) => {
    const address = await listen(t, answer);
    const error = await errorOf(ask(address));
    t.match(error, { code: "not-reached", message: address.kind === "socket" ? address.path : "" });
  });
}

t.test("does not follow a redirect anywhere", async (t) => {
  const asked: (string | undefined)[] = [];
  const address = await listen(t, ({ url }: IncomingMessage, response) => {
    asked.push(url);
    response.writeHead(308, { location: "/elsewhere" }).end();
  });
  await errorOf(ask(address));
  t.same(asked, ["/v1/server"]);
});

t.test("has not reached a server that is not there", async (t) => {
  const folder = t.testdir();
  for (const path of [join(folder, "a.sock"), join(folder, "x".repeat(120), "a.sock")])
    t.match(await errorOf(ask({ kind: "socket", path })), { code: "not-reached", message: "ENOENT" });
});

const linuxOnly = process.platform !== "linux" && "only Linux reaches a socket through /proc";
t.test("reaches a socket whose path is longer than an address may be", { skip: linuxOnly }, async (t) => {
  const address = await listen(t, (_, response) => response.writeHead(200, json).end("{}"), "x".repeat(150));
  t.match(await ask(address), { body: {} });
});

t.test("counts what goes over the wire, headers included", async (t) => {
  const address = await listen(t, (request, response) => {
    request.resume().on("end", () => response.writeHead(200, json).end('{"a":1}'));
  });
  const body = Buffer.alloc(1_000);
  const counted = await withConnection(address, { timeouts: quick }, async (connection) => {
    await connection.send({ method: "PUT", path: "/", body });
    await connection.send(get);
    return connection.bytes();
  });
  t.ok(counted.sent > 1_050 && counted.sent < 1_500, `${counted.sent}`);
  t.ok(counted.received > 200 && counted.received < 800, `${counted.received}`);
});

t.test("stops when asked, whatever it waits for", async (t) => {
  const asked = new AbortController();
  const address = await listen(t, () => asked.abort());
  const work = withConnection(address, { signal: asked.signal }, (connection) => connection.send(get));
  t.match(await errorOf(work), { code: "stopped" });
});

t.test("talks over loopback too", async (t) => {
  const server = createServer((_, response) => response.writeHead(200, json).end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  t.match(await ask({ kind: "loopback", origin: `http://127.0.0.1:${port}` }), { body: {} });
});
