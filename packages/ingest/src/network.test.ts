/** Listeners on the network: who may speak to which, what is plain, and whose word about the sender is believed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { openServerKeys } from "./identity/server-keys.ts";
import { type NetworkOptions, planNetwork } from "./network.ts";
import { outcomeOf } from "./testing/outcome.ts";
import { type Reply, send } from "./testing/simulated-device.ts";
import { TestServer } from "./testing/test-server.ts";

const [loopback, everywhere] = [
  { host: "127.0.0.1", port: 0 },
  { host: "0.0.0.0", port: 8443 },
];
const publicUrl = "https://rollcall.example:8443";

async function planned(t: Test, options: NetworkOptions) {
  const directory = t.testdir({});
  const keys = openServerKeys(directory, Date.now);
  const { main, admin, address } = await planNetwork(options, directory, keys, Date.now);
  const speaks = (plan: typeof main) => plan && (plan.shown ? "TLS" : "plain");
  return { main, admin, address, speaks: [speaks(main), speaks(admin)] };
}

t.test("speaks plain HTTP on loopback and behind a proxy only", async (t) => {
  const cases: [NetworkOptions, string | null, string | null][] = [
    [{}, null, null],
    [{ listen: loopback }, "plain", null],
    [{ listen: { host: "::1", port: 0 } }, "plain", null],
    [{ listen: everywhere }, "TLS", null],
    [{ listen: { host: "192.0.2.1", port: 0 } }, "TLS", null],
    [{ listen: loopback, publicUrl }, "TLS", null],
    [{ listen: loopback, publicUrl, proxies: ["127.0.0.1"] }, "plain", null],
    [{ listen: everywhere, proxies: ["192.0.2.7"] }, "plain", null],
    [{ listen: everywhere, listenAdmin: loopback }, "TLS", "plain"],
    [{ listen: loopback, listenAdmin: everywhere }, "plain", "TLS"],
  ];
  for (const [options, ...speaks] of cases)
    t.same((await planned(t, options)).speaks, speaks, JSON.stringify(options));
});

t.test("lets nobody but this machine and its proxies speak what is not encrypted", async (t) => {
  const { main } = await planned(t, { listen: everywhere, proxies: ["192.0.2.7", "2001:db8::/32"] });
  const admitted = ["127.0.0.1", "::ffff:127.0.0.1", "::1", "192.0.2.7", "::ffff:192.0.2.7", "2001:db8::9"];
  for (const address of admitted) t.equal(main?.admits(address), true, address);
  for (const address of ["192.0.2.8", "::ffff:192.0.2.8", "2001:db9::1", undefined, ""])
    t.equal(main?.admits(address), false, `${address}`);
  const secure = await planned(t, { listen: everywhere });
  t.equal(secure.main?.admits("192.0.2.8"), true);
});

t.test("has an address for other machines only where they can reach it", async (t) => {
  const urlOf = async (options: NetworkOptions) => (await planned(t, options)).address.url;
  t.equal(await urlOf({ listen: loopback }), null);
  t.equal(await urlOf({ listen: everywhere }), null, "a listener everywhere has no name of its own");
  t.equal(await urlOf({ listen: { host: "192.0.2.1", port: 8443 } }), "https://192.0.2.1:8443");
  t.equal(await urlOf({ listen: { host: "2001:db8::1", port: 8443 } }), "https://[2001:db8::1]:8443");
  t.equal(await urlOf({ listen: everywhere, publicUrl }), publicUrl);
  for (const url of ["https://localhost:8443", "https://127.0.0.9", "https://[::1]:1"])
    t.equal(await urlOf({ listen: everywhere, publicUrl: url }), null, url);
});

const devices = { method: "GET", path: "/api/v1/devices" } as const;
const aboutServer = { method: "GET", path: "/v1/server" } as const;

t.test("keeps the API off the listener for devices when it has one of its own", async (t) => {
  const server = await TestServer.start(undefined, { listenAdmin: loopback });
  t.teardown(() => server.remove());
  const token = await server.apiToken({ role: "admin" });
  const headers = { authorization: `Bearer ${token}` };
  for (const path of ["/api/v1/devices", "/API/v1/devices", "/api/v1/applications"])
    t.equal(outcomeOf(await send(server.url, { ...devices, path, headers })), "404 not-found", path);
  t.equal(outcomeOf(await send(server.url, aboutServer)), "200");
  t.equal(outcomeOf(await send(server.adminUrl, { ...devices, headers })), "200");
  t.equal(outcomeOf(await (await server.device()).checkIn()), "200");
});

/** The address that the log has of the latest request. */
function loggedAddress(server: TestServer): unknown {
  const lines = readFileSync(join(server.directory, "requests.log"), "utf8").trim().split("\n");
  return JSON.parse(lines.at(-1) ?? "{}").address;
}

async function loggedAs(server: TestServer, forwarded: Readonly<Record<string, string>>): Promise<unknown> {
  const { status }: Reply = await send(server.url, { ...aboutServer, headers: forwarded });
  t.equal(status, 200);
  await server.restart();
  return loggedAddress(server);
}

t.test("believes what a named proxy says of the sender, and nobody else", async (t) => {
  const proxied = await TestServer.start(undefined, { proxies: ["127.0.0.1"] });
  const direct = await TestServer.start(undefined, { proxies: ["192.0.2.7"] });
  t.teardown(() => Promise.all([proxied.remove(), direct.remove()]));
  const forwarded = { "x-forwarded-for": "203.0.113.9, 198.51.100.4" };
  t.equal(
    await loggedAs(proxied, forwarded),
    "198.51.100.0/24",
    "what the proxy itself saw, not what it was told",
  );
  t.equal(await loggedAs(direct, forwarded), "127.0.0.0/24");
  const cleartext = { ...aboutServer, headers: { "x-forwarded-proto": "http" } };
  t.equal(outcomeOf(await send(proxied.url, cleartext)), "403 tls-required");
  t.equal(outcomeOf(await send(direct.url, cleartext)), "200");
  const encrypted = { ...aboutServer, headers: { "x-forwarded-proto": "https" } };
  t.equal(outcomeOf(await send(proxied.url, encrypted)), "200");
});
