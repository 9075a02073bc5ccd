/** A page of others gets nothing from this server, by whatever name, method or header it makes a browser ask. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import { send } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";
import { hostNames } from "./browser-rules.ts";

const directory = t.testdir({});
writeFileSync(
  join(directory, "config.json"),
  JSON.stringify({ "server.hosts": "inventory.example, Other.Example" }),
);
const server = await TestServer.start(directory);
t.teardown(() => server.stop());

const { port } = new URL(server.url);
const token = await server.apiToken({ role: "admin" });
const mine = `127.0.0.1:${port}`;

type Headers = Readonly<Record<string, string>>;

async function asking(path: string, headers: Headers, method: "GET" | "POST" = "GET"): Promise<string> {
  const all = { authorization: `Bearer ${token}`, ...headers };
  return outcomeOf(await send(server.url, { method, path, headers: all }));
}

const own = [
  mine,
  `localhost:${port}`,
  `LOCALHOST:${port}`,
  "inventory.example",
  "inventory.example:8443",
  "other.example",
];
const unknown = [
  "evil.example",
  `evil.example:${port}`,
  "127.0.0.1",
  "localhost",
  `localhost:${Number(port) + 1}`,
  `127.0.0.2:${port}`,
  `[::1]:${port}`,
  `inventory.example.evil.example:${port}`,
  `localhost.evil.example:${port}`,
  `evil.example@${mine}`,
  `${mine}, evil.example`,
  "0",
  "-",
];

t.test("answers to its own names alone, whoever asks", async (t) => {
  for (const host of own) t.equal(await asking("/api/v1/devices", { host }), "200", host);
  for (const path of ["/api/v1/devices", "/", "/nothing", "/API/v1/devices", "/V1/server", "//v1/server"])
    for (const host of unknown)
      t.equal(await asking(path, { host }), "421 host-unknown", `${path} at ${JSON.stringify(host)}`);
});

t.test("counts its public address among its names, whatever the port", async (t) => {
  const names = (configured: string, url: string | null) => [...hostNames(configured, url)];
  t.same(names("", null), []);
  t.same(names(" a.example,B.example ,", "https://Inventory.Example:8443"), [
    "a.example",
    "b.example",
    "inventory.example",
  ]);
  t.same(names("", "https://[2001:db8::1]:443"), ["2001:db8::1"]);
});

t.test("leaves programs the name by which they know it", async (t) => {
  for (const path of ["/healthz", "/readyz", "/v1/server"])
    t.equal(await asking(path, { host: "10.9.8.7:80" }), "200", path);
  t.equal(await asking("/v1/check-ins", { host: "evil.example" }, "POST"), "401 session-invalid");
});

t.test("takes no request below /api from a page of another site, or of another port", async (t) => {
  for (const site of ["cross-site", "same-site", "", "same-origin, none"])
    for (const method of ["GET", "POST"] as const)
      t.equal(
        await asking("/api/v1/api-tokens", { host: mine, "sec-fetch-site": site }, method),
        "403 cross-site",
        `${method} ${site}`,
      );
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  t.equal(await asking("/api/v1/devices", { host: mine, ...link }), "403 cross-site");
  for (const site of ["same-origin", "none"])
    t.equal(await asking("/api/v1/devices", { host: mine, "sec-fetch-site": site }), "200", site);
});

t.test("takes no request that names another origin, from browsers that say no more", async (t) => {
  for (const origin of ["https://evil.example", "null", `http://localhost:${port}`, "http://127.0.0.1", "x"])
    t.equal(await asking("/api/v1/devices", { host: mine, origin }), "403 cross-site", origin);
  t.equal(await asking("/api/v1/devices", { host: mine, origin: `http://${mine}` }), "200");
});

t.test("lets a link lead to a page, but nothing be embedded", async (t) => {
  const from = (mode: string, dest: string) => ({
    host: mine,
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": mode,
    "sec-fetch-dest": dest,
  });
  t.equal(await asking("/", from("navigate", "document")), "200");
  t.equal(await asking("/", from("navigate", "iframe")), "403 cross-site");
  t.equal(await asking("/", from("no-cors", "script")), "403 cross-site");
  t.equal(await asking("/", from("navigate", "document"), "POST"), "403 cross-site");
});

t.test("asks no name of who comes through a socket of this machine", async (t) => {
  const headers = { host: "anything", "sec-fetch-site": "cross-site" };
  const reply = await send(server.control, { method: "GET", path: "/api/v1/devices", headers });
  t.equal(outcomeOf(reply), "200");
});
