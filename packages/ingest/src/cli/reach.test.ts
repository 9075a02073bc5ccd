/** Which server a command speaks with: one elsewhere, the one of the data directory, or itself under the lock. */
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import t, { type Test } from "tap";
import { z } from "zod";
import { ownDataDirectory } from "../store/data-directory.ts";
import { ended, jsonLines, printed, run, runHere, start } from "../testing/command.ts";
import { told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";
import { dataDirectory } from "./context.ts";

/** An HTTP server that says this to everything. */
async function saying(t: Test, status: number, text: string) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return { url: `http://127.0.0.1:${port}`, requests };
}

t.test("speaks with a server elsewhere, as its token allows", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  await told(server, {}, { group: "office" });
  await told(server, { hostname: "bob" }, { group: "lab" });
  const token = await server.apiToken({ role: "viewer", group: "lab" });
  const env = { ROLLCALL_URL: `${server.url}/`, ROLLCALL_TOKEN: token };
  const [list, hidden, refused, wrong] = await Promise.all([
    printed(["devices", "--json"], { env }),
    runHere(["device", "ada"], { env }),
    runHere(["api-token", "list"], { env }),
    runHere(["devices"], { env: { ...env, ROLLCALL_TOKEN: `${token}x` } }),
  ]);
  t.match(jsonLines(list), [{ hostname: "bob", serial: null, masked: ["serial"] }]);
  t.same(hidden, {
    code: 1,
    stdout: "",
    stderr: `rollcall: no device is named ada (server: ${server.url})\n`,
  });
  t.match(refused, {
    code: 1,
    stdout: "",
    stderr: /The role viewer lacks tokens\.manage\. \[not-permitted\]/,
  });
  t.match(wrong, { code: 1, stdout: "", stderr: /\[not-signed-in\]/ });
});

t.test("keeps the path that a server elsewhere lives below", async (t) => {
  const { url, requests } = await saying(t, 200, '{"items":[],"next":null,"total":7}');
  const env = { ROLLCALL_URL: `${url}/rollcall/`, ROLLCALL_TOKEN: " rct_x\n" };
  t.equal(await printed(["devices", "os:a&b", "--count"], { env }), "7\n");
  t.same(requests, ["GET /rollcall/api/v1/devices?q=os%3Aa%26b&fresh=true&limit=1 Bearer rct_x"]);
});

t.test("ends with 4 when a server elsewhere is not reached, with 1 when it is none of ours", async (t) => {
  const { url, requests } = await saying(t, 200, "<html>Hello</html>");
  const gone = await saying(t, 200, "");
  const env = { ROLLCALL_TOKEN: "rct_x" };
  const [none, other, broken, incomplete, scheme] = await Promise.all([
    run(["devices"], { env: { ...env, ROLLCALL_URL: "http://127.0.0.1:1" } }),
    runHere(["devices"], { env: { ...env, ROLLCALL_URL: url } }),
    runHere(["devices"], { env: { ...env, ROLLCALL_URL: (await saying(t, 502, "no gateway")).url } }),
    runHere(["devices"], { env: { ROLLCALL_URL: gone.url } }),
    runHere(["devices"], { env: { ...env, ROLLCALL_URL: "ftp://x" } }),
  ]);
  t.match(none, {
    code: 4,
    stdout: "",
    stderr: /^rollcall: http:\/\/127\.0\.0\.1:1 was not reached \(ECONNREFUSED\)/,
  });
  t.match(other, {
    code: 1,
    stdout: "",
    stderr: /answered with something else than this version understands\n$/,
  });
  t.match(broken, { code: 1, stdout: "", stderr: /answered 502 without saying why\n$/ });
  t.match(incomplete, { code: 2, stdout: "", stderr: /ROLLCALL_TOKEN is not/ });
  t.match(scheme, { code: 2, stdout: "", stderr: /not an http or https address: ftp:\/\/x/ });
  t.equal(requests.length, 1);
  t.same(gone.requests, []);
});

t.test("sends its token unencrypted to no other machine", async (t) => {
  const ask = (url: string) => runHere(["devices"], { env: { ROLLCALL_URL: url, ROLLCALL_TOKEN: "rct_x" } });
  for (const origin of [
    "http://rollcall.invalid:8080",
    "http://192.0.2.1",
    "http://127.0.0.1.invalid",
    "http://localhost.invalid",
    "http://0.0.0.0:1",
    "http://[2001:db8::1]",
  ])
    t.same(
      await ask(`${origin}/path`),
      {
        code: 2,
        stdout: "",
        stderr: `rollcall: ROLLCALL_URL would send the API token unencrypted to another machine: ${origin}; use https\n`,
      },
      origin,
    );
  for (const url of ["http://127.9.9.9:1", "http://[::1]:1", "http://LOCALHOST:1", "https://127.0.0.1:1"])
    t.match(await ask(url), { code: 4, stdout: "", stderr: / was not reached / }, url);
});

t.test("stops asking when nobody reads what it prints", async (t) => {
  const seen = { firstSeenAt: null, lastSeenAt: null };
  const item = JSON.stringify({ source: "deb", name: "x".repeat(1_000), version: "1", devices: 1, ...seen });
  const { url } = await saying(t, 200, `{"items":[${Array(100).fill(item)}],"next":"more"}`);
  const child = start(["software", "--json"], { env: { ROLLCALL_URL: url, ROLLCALL_TOKEN: "rct_x" } });
  const end = once(child, "close");
  if (child.stdout) await once(child.stdout, "data");
  child.stdout?.destroy();
  t.same(await end, [0, null], "the list had no end");
});

t.test("ends at once when it is interrupted while a server says nothing", async (t) => {
  const silent = createServer();
  const asked = once(silent, "request");
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  t.teardown(() => silent.close());
  const { port } = z.object({ port: z.int() }).parse(silent.address());
  const env = { ROLLCALL_URL: `http://127.0.0.1:${port}`, ROLLCALL_TOKEN: "rct_x" };
  const child = start(["devices"], { env });
  const end = ended(child);
  await asked;
  child.kill("SIGINT");
  t.match(await end, { code: "SIGINT", stdout: "" });
});

t.test("works by itself where no server runs, and leaves the directory to the next", async (t) => {
  const data = join(t.testdir({}), "data");
  const made = await run(["enrolment-token", "create", "--local", "--data", data, "--quiet"]);
  t.match(made, { code: 0, stdout: /^rc1\.\S+\n$/, stderr: "" });
  const list = jsonLines(await printed(["enrolment-token", "list", "--json", "--data", data]));
  t.match(list, [{ id: "1", used: 0 }]);
  t.notOk(existsSync(join(data, "control.sock")));
  const lock = ownDataDirectory(data);
  t.teardown(() => lock.release());
  const locked = await run(["devices", "--data", data]);
  t.match(locked, {
    code: 4,
    stdout: "",
    stderr: /is in use by another rollcall process, which does not answer/,
  });
  t.ok(locked.stderr.includes(data));
});

t.test(
  "looks for its directory by flag, environment, ./data and the usual place, in this order",
  async (t) => {
    const folder = t.testdir({ with: { data: {} }, without: {}, flag: {}, env: {} });
    const [here, bare] = [join(folder, "with"), join(folder, "without")];
    const env = { ROLLCALL_DATA: join(folder, "env") };
    const ask = ["device", "nobody"];
    for (const data of [join(here, "data"), join(folder, "flag"), join(folder, "env")])
      await (await TestServer.start(data)).stop();
    const [flag, environment, dot, missing, relative] = await Promise.all([
      runHere([...ask, "--data", join(folder, "flag")], { cwd: here, env }),
      runHere(ask, { cwd: here, env }),
      run(ask, { cwd: here }),
      runHere(ask, { cwd: bare, env: { ROLLCALL_DATA: join(folder, "nowhere") } }),
      runHere([...ask, "--data", "../nowhere"], { cwd: here }),
    ]);
    const found = (place: string) => ({
      code: 1,
      stdout: "",
      stderr: `rollcall: no device is named nobody (data: ${place})\n`,
    });
    t.same(flag, found(join(folder, "flag")));
    t.same(environment, found(join(folder, "env")));
    t.same(dot, found(join(here, "data")));
    // Only named, never opened: a real one may be there.
    t.equal(dataDirectory({ data: undefined, env: {}, workingDirectory: bare }), "/var/lib/rollcall");
    for (const end of [missing, relative]) {
      t.match(end, {
        code: 4,
        stdout: "",
        stderr: /^rollcall: there is no data directory .*; start a server with/,
      });
      t.ok(end.stderr.includes(join(folder, "nowhere")));
    }
    t.notOk(existsSync(join(folder, "nowhere")), "who only reads makes no directory");
  },
);

t.test("takes over no folder that holds something else, and none to read from", async (t) => {
  const folder = t.testdir({ data: { "notes.txt": "" }, empty: {} });
  const [foreign, empty] = [join(folder, "data"), join(folder, "empty")];
  for (const path of [foreign, empty]) chmodSync(path, 0o755);
  const reading = (path: string) => ({
    code: 1,
    stdout: "",
    stderr: `rollcall: ${path} holds no data of Rollcall; start a server with rollcall serve, or name another directory with --data\n`,
  });
  t.same(await runHere(["devices"], { cwd: folder }), reading(foreign));
  t.same(await runHere(["devices", "--data", empty]), reading(empty));
  t.same(await runHere(["api-token", "revoke", "1", "--data", empty]), reading(empty));
  const refused = {
    code: 1,
    stdout: "",
    stderr: `rollcall: ${foreign} holds other files; choose an empty directory\n`,
  };
  t.same(await runHere(["enrolment-token", "create", "--local"], { cwd: folder }), refused);
  t.same(await runHere(["serve", "--listen", "127.0.0.1:0"], { cwd: folder }), refused);
  t.same([readdirSync(foreign), readdirSync(empty)], [["notes.txt"], []]);
  for (const path of [foreign, empty]) t.equal(statSync(path).mode & 0o777, 0o755, path);
});

t.test("ends with 4 at the socket of another account", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  // Root is let in everywhere, so that it has to be nobody for a moment.
  if (process.getuid?.() === 0) process.seteuid?.(65_534);
  else chmodSync(join(server.directory, "control.sock"), 0o000);
  const end = await runHere(["devices", "--data", server.directory]).finally(() => {
    if (process.getuid?.() === 0) process.seteuid?.(0);
  });
  t.match(end, { code: 4, stdout: "", stderr: /was not reached \(it belongs to another account\)/ });
});

t.test("reaches a server whose directory has a long name", async (t) => {
  const data = join(t.testdir({}), "x".repeat(60), "y".repeat(60));
  mkdirSync(data, { recursive: true });
  const server = await TestServer.start(data);
  t.teardown(() => server.stop());
  await told(server);
  t.equal(await printed(["devices", "--count", "--data", data]), "1\n");
});
