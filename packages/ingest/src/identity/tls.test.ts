/** TLS: what the server shows, how it stays fresh, and that nothing else is spoken. */
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import { join } from "node:path";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { isAnnouncedBy, serverAnswer } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { HttpClient } from "../cli/http-client.ts";
import { certificateFiles, newAuthority } from "../testing/certificates.ts";
import { TestServer } from "../testing/test-server.ts";

const day = 86_400_000;
const publicUrl = "https://rollcall.example:8443";

async function started(t: Test, options: Parameters<typeof TestServer.start>[1] = {}): Promise<TestServer> {
  const server = await TestServer.start(undefined, { publicUrl, ...options });
  t.teardown(() => server.remove());
  return server;
}

/** A TLS connection to the server, and the certificate that it shows there. */
async function connected({ url }: TestServer, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  return socket;
}

async function shownBy(server: TestServer, options: ConnectionOptions = {}): Promise<X509Certificate> {
  const socket = await connected(server, options);
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  if (!certificate) throw new Error("no certificate was shown");
  return certificate;
}

async function about(server: TestServer, ca?: string) {
  const client = await HttpClient.to(new URL(server.url), ca);
  try {
    return serverAnswer.parse(JSON.parse((await client.request({ method: "GET", path: "/v1/server" })).text));
  } finally {
    client.close();
  }
}

/** The CA as an agent of the server's own machine is told it. */
async function caOf(server: TestServer) {
  const { ca } = serverAnswer.parse((await server.admin("GET", "/v1/server")).body);
  if (!ca) throw new Error("the server announces no CA");
  return ca;
}

t.test("shows a certificate of its own CA, which its identity announces", async (t) => {
  const server = await started(t);
  const announced = await caOf(server);
  t.ok(isAnnouncedBy(server.id, announced));
  const [ca, leaf] = [new X509Certificate(announced.ca), await shownBy(server)];
  t.ok(ca.ca && leaf.checkIssued(ca) && leaf.verify(ca.publicKey));
  t.notOk(leaf.ca);
  for (const certificate of [ca, leaf])
    t.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  const years = (ca.validToDate.getTime() - Date.now()) / (365 * day);
  t.ok(years > 9.99 && years <= 10, `${years} years`);
  const days = (leaf.validToDate.getTime() - Date.now()) / day;
  t.ok(days > 89.99 && days <= 90, `${days} days`);
  t.equal(
    leaf.subjectAltName,
    "DNS:rollcall.example, IP Address:127.0.0.1, DNS:localhost, IP Address:0:0:0:0:0:0:0:1",
  );
  t.match(await about(server, announced.ca), { server: server.id, ca: announced });
  await t.rejects(
    about(server),
    { code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    "the system's trust store does not know it",
  );
  await t.rejects(about(server, (await newAuthority()).certificate), "nor does another CA");
});

t.test("speaks TLS 1.2 and 1.3 with forward secrecy, and nothing else", async (t) => {
  const server = await started(t);
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const socket = await connected(server, { minVersion: version, maxVersion: version });
    t.equal(socket.getProtocol(), version);
    socket.destroy();
  }
  const weak: ConnectionOptions[] = [
    { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" },
    { maxVersion: "TLSv1.2", ciphers: "AES128-SHA256:AES256-GCM-SHA384" },
    { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384" },
  ];
  for (const options of weak) await t.rejects(connected(server, options), JSON.stringify(options));
  const { port } = new URL(server.url);
  const plain = connectPlain({ host: "127.0.0.1", port: Number(port) });
  plain.write("GET /v1/server HTTP/1.1\r\nhost: x\r\n\r\n");
  const parts: Buffer[] = [];
  plain.on("data", (part) => parts.push(part));
  await Promise.race([once(plain, "close"), once(plain, "error")]);
  t.notMatch(Buffer.concat(parts).toString("latin1"), "HTTP");
});

t.test("is renewed when a third of its life is left, and drops no connection for it", async (t) => {
  const server = await started(t);
  const { serialNumber } = await shownBy(server);
  const kept = await connected(server);
  const ask = async () => {
    kept.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    const [answer] = await once(kept, "data");
    return String(answer).slice(0, 15);
  };
  t.equal(await ask(), "HTTP/1.1 200 OK");
  server.ahead = 59 * day;
  await server.tend();
  t.equal((await shownBy(server)).serialNumber, serialNumber);
  server.ahead = 61 * day;
  await server.tend();
  const renewed = await shownBy(server);
  t.not(renewed.serialNumber, serialNumber);
  t.ok(renewed.validToDate.getTime() > Date.now() + 150 * day);
  t.equal(await ask(), "HTTP/1.1 200 OK", "on the connection from before");
  kept.destroy();
  await server.restart();
  t.equal((await shownBy(server)).serialNumber, renewed.serialNumber, "a start takes the one that is there");
  server.ahead = 130 * day;
  await server.restart();
  t.not((await shownBy(server)).serialNumber, renewed.serialNumber, "or makes one, where that is due");
});

t.test("makes another certificate when its names or its CA are others", async (t) => {
  const server = await started(t);
  const first = await shownBy(server);
  await server.stop();
  const other = await TestServer.start(server.directory, { publicUrl: "https://elsewhere.example" });
  t.teardown(() => other.stop());
  t.match((await shownBy(other)).subjectAltName, "DNS:elsewhere.example");
  t.not((await shownBy(other)).serialNumber, first.serialNumber);
});

t.test("shows an operator's certificate, and another one when its files change", async (t) => {
  const [folder, authority] = [t.testdir({}), await newAuthority()];
  const files = await certificateFiles(folder, authority);
  const server = await started(t, { certificate: files });
  const first = await shownBy(server);
  t.ok(first.checkIssued(new X509Certificate(authority.certificate)));
  t.equal((await about(server, authority.certificate)).ca, undefined, "no CA of its own is announced");
  await server.tend();
  t.equal((await shownBy(server)).serialNumber, first.serialNumber);
  const touched = (seconds: number) => utimesSync(files.cert, seconds, seconds);
  writeFileSync(files.key, "no key");
  touched(1);
  await t.rejects(server.tend(), { message: /cert\.pem and .*key\.pem are no certificate with its key/ });
  t.equal((await shownBy(server)).serialNumber, first.serialNumber, "the last good one stays");
  await certificateFiles(folder, authority);
  touched(2);
  await server.tend();
  t.not((await shownBy(server)).serialNumber, first.serialNumber);
});

t.test("does not start with a certificate that is none, or not of its key", async (t) => {
  const [folder, authority] = [t.testdir({ a: {}, b: {} }), await newAuthority()];
  const [a, b] = await Promise.all(["a", "b"].map((name) => certificateFiles(join(folder, name), authority)));
  if (!a || !b) throw new Error("unreachable");
  const missing = join(folder, "none.pem");
  for (const certificate of [
    { cert: a.cert, key: b.key },
    { cert: a.key, key: a.key },
    { ...a, cert: missing },
  ])
    await t.rejects(started(t, { certificate }), { message: /are no certificate with its key/ });
  t.ok(readFileSync(a.cert, "utf8").includes("CERTIFICATE"));
});
