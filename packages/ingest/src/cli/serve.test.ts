/** `rollcall serve`: starts, says so, ends when asked; and what keeps it from starting. */
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { z } from "zod";
import { ownDataDirectory, pathsIn } from "../store/data-directory.ts";
import { ended, firstLine, printed, run, runHere, start } from "../testing/command.ts";
import { send } from "../testing/simulated-device.ts";

const anyPort = ["--listen", "127.0.0.1:0"];
const ready = z.strictObject({
  url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/),
  directory: z.string(),
  server: z.string().length(43),
});

const newData = (t: Test) => join(t.testdir({}), "data");

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  t.test(`says where it listens, and ends with 0 at ${signal}`, async (t) => {
    const data = newData(t);
    const child = start(["serve", "--data", data, ...anyPort, "--json"]);
    t.teardown(() => child.kill("SIGKILL"));
    const end = ended(child);
    const { url, directory, server } = ready.parse(JSON.parse(await firstLine(child)));
    t.equal(directory, data);
    t.match((await send(url, { method: "GET", path: "/v1/server" })).body, { server });
    t.equal((await send(url, { method: "GET", path: "/readyz" })).status, 200);
    child.kill(signal);
    t.match(await end, { code: 0, stderr: "" });
    t.notOk(existsSync(pathsIn(data).controlSocket));
    ownDataDirectory(data).release();
  });
}

t.test("ends with 0 when it is asked to while it starts", async (t) => {
  const data = newData(t);
  const child = start(["serve", "--data", data, ...anyPort]);
  t.teardown(() => child.kill("SIGKILL"));
  const end = ended(child);
  // The lock is the first thing that a starting server makes.
  while (!existsSync(join(data, "lock"))) await new Promise((resolve) => setImmediate(resolve));
  child.kill("SIGTERM");
  t.match(await end, { code: 0, stderr: "" });
  ownDataDirectory(data).release();
});

t.test("tells a person where it listens, and serves other commands beside it", async (t) => {
  const data = newData(t);
  const child = start(["serve", ...anyPort], { env: { ROLLCALL_DATA: data } });
  t.teardown(() => child.kill("SIGKILL"));
  const end = ended(child);
  t.match(await firstLine(child), /^Rollcall listens on http:\/\/127\.0\.0\.1:\d+, data in /);
  t.equal(await printed(["devices", "--count", "--data", data]), "0\n");
  const second = await run(["serve", "--data", data, ...anyPort]);
  t.match(second, {
    code: 4,
    stdout: "",
    stderr: /^rollcall: .* is in use by another rollcall process; end that one/,
  });
  t.match(second.stderr, data);
  child.kill("SIGTERM");
  t.match(await end, { code: 0 });
});

t.test("ends with 1 and a clear line when the port is taken", async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.teardown(() => other.close());
  const { port } = z.object({ port: z.int() }).parse(other.address());
  const data = newData(t);
  const end = await run(["serve", "--data", data, "--listen", `127.0.0.1:${port}`]);
  t.same(end, {
    code: 1,
    stdout: "",
    stderr: `rollcall: 127.0.0.1:${port} is taken by another program; choose another port or address (data: ${data})\n`,
  });
  ownDataDirectory(data).release();
});

t.test("does not start with what is wrong or not there yet, naming it and the directory", async (t) => {
  const folder = t.testdir({ broken: { "config.json": '{"sessions.hours": 99}' }, file: "" });
  const [data, broken, file] = [join(folder, "data"), join(folder, "broken"), join(folder, "file")];
  const [away, unreachable] = [join(folder, "away"), "postgres://a:b@127.0.0.1:1/x"];
  const cases: readonly (readonly [number, RegExp, string, ...string[]])[] = [
    [2, /--listen takes HOST:PORT, not 8080/, data, "--listen", "8080"],
    [2, /--listen takes HOST:PORT, not 127\.0\.0\.1:65536/, data, "--listen", "127.0.0.1:65536"],
    [2, /--listen takes HOST:PORT, not ::1:80/, data, "--listen", "::1:80"],
    [2, /--listen-admin takes HOST:PORT, not x/, data, "--listen-admin", "x"],
    [2, /--public-url takes https:\/\/HOST/, data, "--public-url", "http://r.example"],
    [2, /--public-url takes https:\/\/HOST/, data, "--public-url", "https://r.example/below"],
    [2, /--tls-cert and --tls-key belong together/, data, "--tls-cert", "c"],
    [2, /--behind-proxy: 10\.0\.0\.999 is no address/, data, "--behind-proxy", "10.0.0.1,10.0.0.999"],
    [2, /--database takes postgres:/, data, "--database", "mysql://x"],
    [1, /postgres:\/\/127\.0\.0\.1:1\/x cannot be reached/, away, "--database", unreachable],
    [1, /config\.json: sessions\.hours: /, broken, ...anyPort],
    [1, /EEXIST/, file, ...anyPort],
  ];
  for (const [code, words, where, ...args] of cases) {
    const end = await runHere(["serve", "--data", where, ...args]);
    t.match(end, { code, stdout: "", stderr: words }, args.join(" "));
    t.ok(end.stderr.includes(where), `${end.stderr} names ${where}`);
    t.equal(end.stderr.split("\n").length, 2, "one line");
  }
  t.notOk(existsSync(data), "nothing was made");
});
