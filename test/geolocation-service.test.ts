/** The request to a geolocation service: over TLS that is trusted, to the address that was agreed to, and nowhere else. */
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import t, { type Test } from "tap";
import { askService, isPrivate } from "../packages/agent/src/location/ask-service.ts";
import { makeCa, makeLeaf } from "../packages/ingest/src/identity/certificates.ts";

const [ours, another] = await Promise.all([makeCa("a", Date.now()), makeCa("b", Date.now())]);
const shown = await makeLeaf(ours, ["localhost", "127.0.0.1"], Date.now());
const query = { considerIp: false };

/** Port of a service on this machine. */
async function service(t: Test, answer: RequestListener): Promise<number> {
  const server = createServer({ key: shown.key, cert: shown.certificate }, answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

const ask = (port: number, path = "", isPrivateAllowed = true, ca = ours.certificate) =>
  askService({ url: `https://localhost:${port}${path}`, isPrivateAllowed }, query, {
    ca,
    milliseconds: 2_000,
  });

t.test("posts its question to /v1/geolocate, or to the path that was named, key included", async (t) => {
  const asked: unknown[] = [];
  const port = await service(t, async (request, response) => {
    const { method, url, headers } = request;
    asked.push([method, url, headers["content-type"], headers["user-agent"], headers.cookie]);
    response.end(Buffer.concat(await request.toArray()));
  });
  t.match(await ask(port), { status: 200, text: '{"considerIp":false}' });
  await ask(port, "/geo/v1?key=k");
  t.same(asked, [
    ["POST", "/v1/geolocate", "application/json", undefined, undefined],
    ["POST", "/geo/v1?key=k", "application/json", undefined, undefined],
  ]);
});

t.test("follows no redirect", async (t) => {
  const paths: unknown[] = [];
  const port = await service(t, ({ url }, response) => {
    paths.push(url);
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  t.match(await ask(port), { status: 307, text: "" });
  t.same(paths, ["/v1/geolocate"]);
});

t.test("tells how long it is to be left alone", async (t) => {
  const port = await service(t, (_, response) =>
    response.writeHead(429, { "retry-after": "77" }).end("slow down"),
  );
  t.same(await ask(port), { status: 429, text: "slow down", retryAfter: 77 });
});

t.test(
  "asks no service in a private network, unless that was allowed, by the address that its name leads to",
  async (t) => {
    let requests = 0;
    const port = await service(t, (_, response) => {
      requests++;
      response.end("{}");
    });
    const refused = "lies in a private network, which was not allowed";
    t.equal(await ask(port, "", false), refused);
    for (const host of ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
      t.equal(
        await askService({ url: `https://${host}:${port}`, isPrivateAllowed: false }, query),
        refused,
        host,
      );
    t.equal(requests, 0);
  },
);

t.test("speaks https only, to who is trusted", async (t) => {
  let requests = 0;
  const port = await service(t, (_, response) => {
    requests++;
    response.end("{}");
  });
  t.match(await ask(port, "", true, another.certificate), /certificate/);
  const plain = ["http://localhost", "ftp://localhost", "localhost", "https://user:pass@localhost"];
  for (const url of plain)
    t.equal(await askService({ url, isPrivateAllowed: true }, query), "is no https address", url);
  t.equal(requests, 0);
});

t.test("waits for no answer for long, and reads none without end", async (t) => {
  const silent = await service(t, () => undefined);
  const slow = { url: `https://localhost:${silent}`, isPrivateAllowed: true };
  t.equal(await askService(slow, query, { ca: ours.certificate, milliseconds: 300 }), "took over 300 ms");
  const half = await service(t, (_, response) => void response.writeHead(200).write('{"loc'));
  const halted = { url: `https://localhost:${half}`, isPrivateAllowed: true };
  t.type(await askService(halted, query, { ca: ours.certificate, milliseconds: 300 }), "string");
  const cut = await service(t, (_, response) => {
    response.writeHead(200, { "content-length": 100 }).write("{", () => response.socket?.end());
  });
  t.equal(await ask(cut), "ended before its answer did");
  const other = await service(t, (_, response) => {
    response.socket?.end("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
  });
  t.type(await ask(other), "string");
  const endless = await service(t, (_, response) => void response.end("x".repeat(100_000)));
  t.type(await ask(endless), "string");
});

t.test("knows private networks, however they are written", async (t) => {
  const ours = [
    "10.1.2.3",
    "172.31.0.1",
    "192.168.0.9",
    "127.9.9.9",
    "169.254.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "2001:0:1::1",
    "nonsense",
  ];
  t.same(
    ours.filter((address) => !isPrivate(address)),
    [],
  );
  const everybodys = [
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "2001:4860:4860::8888",
    "2a01:4f8::1",
    "::ffff:8.8.8.8",
  ];
  t.same(everybodys.filter(isPrivate), []);
});
