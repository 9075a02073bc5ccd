/** The agent over TLS: it talks to the server that it was told of and no other, and says why when it does not. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer as createPlain } from "node:http";
import { createServer, type ServerOptions } from "node:https";
import type { Server } from "node:net";
import { join } from "node:path";
import { readEnrolmentString, writeEnrolmentString } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { errorOf } from "../packages/agent/src/testing/test-device.ts";
import { readAddress } from "../packages/agent/src/transport/address.ts";
import { withConnection } from "../packages/agent/src/transport/connection.ts";
import { makeCa, makeLeaf } from "../packages/ingest/src/identity/certificates.ts";
import { TestServer } from "../packages/ingest/src/testing/test-server.ts";
import { begin, ended } from "./processes.ts";

const day = 86_400_000;
const now = Date.now();
const [ours, another] = await Promise.all([makeCa("a", now), makeCa("b", now)]);
const names = ["localhost", "127.0.0.1"];
const shown = async (authority = ours, at = now, named = names): Promise<ServerOptions> => {
  const { key, certificate: cert } = await makeLeaf(authority, named, at);
  return { key, cert };
};

async function portOf(t: Test, server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

/** What an agent that pins our CA gets of a server with these options, and what that server got to read. */
async function asked(t: Test, options: ServerOptions, ca: string | undefined = ours.certificate) {
  const paths: (string | undefined)[] = [];
  const server = createServer(options, ({ url }, response) => {
    paths.push(url);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  const address = readAddress(`https://127.0.0.1:${await portOf(t, server)}`, { insecureLoopback: true, ca });
  const answer = withConnection(address, {}, async (connection) => {
    const { body } = await connection.send({ method: "GET", path: "/secret" });
    return { body, ...connection.bytes() };
  });
  return { answer, paths };
}

t.test(
  "talks to a server with a certificate of the pinned CA, and counts what goes over the wire",
  async (t) => {
    const { answer } = await asked(t, await shown());
    const { body, sent, received } = await answer;
    t.same(body, {});
    t.ok(sent > 500 && received > 700, `${sent} and ${received}: the handshake is part of it`);
  },
);

const wrong: Record<string, [options: Promise<ServerOptions>, why: RegExp]> = {
  "of another CA": [
    shown(another),
    /: its certificate is not one that is trusted here .*; trusted is only the CA that .* another server/,
  ],
  "that has expired": [shown(ours, now - 91 * day), /: its certificate has expired/],
  "that is not valid yet": [shown(ours, now + 10 * day), /: its certificate is not valid yet/],
  "for another name": [shown(ours, now, ["rollcall.example"]), /: its certificate is for another name/],
  "and an old TLS": [
    shown().then((good) => ({
      ...good,
      minVersion: "TLSv1.1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    })),
    /old version of TLS|\(E/,
  ],
};
for (const [what, [options, why]] of Object.entries(wrong)) {
  t.test(`has not reached a server with a certificate ${what}, and tells it nothing`, async (t) => {
    const { answer, paths } = await asked(t, await options);
    const error = await errorOf(answer);
    t.match(error, { code: "not-reached", message: why });
    t.match(error.message, /^https:\/\/127\.0\.0\.1:\d+ was not reached/);
    t.same(paths, []);
  });
}

t.test("does not go on without TLS where there is none", async (t) => {
  const paths: (string | undefined)[] = [];
  const plain = createPlain(({ url }, response) => {
    paths.push(url);
    response.end("{}");
  });
  const url = `https://127.0.0.1:${await portOf(t, plain)}`;
  const address = readAddress(url, { insecureLoopback: true, ca: ours.certificate });
  const answer = withConnection(address, {}, (connection) =>
    connection.send({ method: "GET", path: "/secret" }),
  );
  t.match(await errorOf(answer), { code: "not-reached", message: "it does not speak TLS" });
  t.same(paths, []);
});

t.test(
  "enrols and checks in over TLS, and trusts the system's store only where nothing is pinned",
  async (t) => {
    const server = await TestServer.start(undefined, { publicUrl: "https://rollcall.example" });
    t.teardown(() => server.remove());
    const folder = t.testdir({});
    const { body } = await server.admin("POST", "/api/v1/enrolment-tokens", { uses: 2 });
    const made = readEnrolmentString(String(Object(body).enrolment));
    if ("error" in made || made.ca === undefined) throw new Error("no CA is pinned");
    const { ca } = made;
    const unpinned = { url: server.url, server: made.server, token: made.token };
    writeFileSync(join(folder, "ca.pem"), ca);
    const agent = (name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      const state = ["--state", join(folder, name), "--json"];
      return ended(begin("rollcall-agent", [...args, ...state], { env: { PATH: "", ...env } }));
    };
    const pinned = writeEnrolmentString({ ...unpinned, ca });
    t.match(await agent("pinned", ["enrol", pinned]), { code: 0, stderr: "" });
    t.match(await agent("pinned", ["check-in"]), { code: 0, stdout: /"outcome":"sent"/ });
    const free = writeEnrolmentString(unpinned);
    t.match(await agent("free", ["enrol", free]), { code: 4, stderr: /is not one that is trusted here/ });
    const system = { SSL_CERT_FILE: join(folder, "ca.pem") };
    t.match(await agent("free", ["enrol", free], system), { code: 0, stderr: "" });
  },
);
