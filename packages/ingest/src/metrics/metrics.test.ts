/** `GET /metrics` of a real server: what it tells, of what, and to whom. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { z } from "zod";
import { Inventory } from "../testing/inventory-questions.ts";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { send } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";
import { Metrics } from "./metrics.ts";
import { metricTable } from "./table.ts";

const scrape = { method: "GET", path: "/metrics" } as const;

async function watched(t: Test, others = {}): Promise<TestServer> {
  const directory = t.testdir({});
  writeFileSync(join(directory, "config.json"), '{"metrics.enabled": true}');
  const server = await TestServer.start(directory, others);
  t.teardown(() => server.stop());
  return server;
}

/** The samples by their names with labels, as the text has them. */
async function samplesOf(server: TestServer): Promise<ReadonlyMap<string, number>> {
  const { body } = await send(server.control, scrape);
  const lines = String(body)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
}

t.test("counts requests, transactions, devices and what is stored", async (t) => {
  const server = await watched(t);
  const device = await told(server);
  await device.checkIn("wrong");
  for (const path of ["/nowhere", "/elsewhere?q=1"]) await send(server.url, { method: "GET", path });
  const samples = await samplesOf(server);
  const value = (name: string) => samples.get(name);
  t.equal(value('rollcall_requests_total{method="POST",route="/v1/enrolments",status="2xx"}'), 1);
  t.equal(value('rollcall_requests_total{method="POST",route="/v1/check-ins",status="2xx"}'), 1);
  t.equal(value('rollcall_requests_total{method="POST",route="/v1/check-ins",status="4xx"}'), 1);
  t.equal(value('rollcall_requests_total{method="PUT",route="/v1/sections",status="2xx"}'), 1);
  t.equal(value('rollcall_requests_total{method="GET",route="-",status="4xx"}'), 2);
  t.equal(value('rollcall_request_seconds_count{route="/v1/check-ins"}'), 2);
  t.equal(value('rollcall_devices{state="active"}'), 1);
  t.equal(value('rollcall_devices{state="stale"}'), 0);
  const commits = value("rollcall_commits_total") ?? 0;
  t.ok(commits >= 3, "an enrolment, a check-in, sections");
  t.equal(value("rollcall_commit_batches_count"), commits);
  t.equal(value("rollcall_commit_seconds_count"), commits);
  t.ok((value("rollcall_commit_seconds_sum") ?? 0) > 0);
  for (const file of ["database", "wal", "requests.log"])
    t.ok((value(`rollcall_file_bytes{file="${file}"}`) ?? 0) > 0, file);
  t.equal(value('rollcall_waiting{queue="commits"}'), 0);
  t.equal(value("rollcall_decoding_most_bytes"), 256 * 2 ** 20);
  t.ok((value("process_cpu_seconds_total") ?? 0) > 0);
  t.ok((value('rollcall_event_loop_delay_seconds{quantile="1"}') ?? 0) > 0);
});

t.test("counts what retention removes when an account asks for it", async (t) => {
  const server = await watched(t);
  await told(server);
  server.ahead = 3_000 * 86_400_000;
  const { body } = await send(server.control, {
    method: "POST",
    path: "/api/v1/retention",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  const { removed } = z.object({ removed: z.record(z.string(), z.number()) }).parse(body);
  t.not(Object.keys(removed).length, 0);
  const counted = [...(await samplesOf(server))].flatMap(([name, count]) => {
    const [, table] = /^rollcall_retention_removed_total\{table="(.+)"\}$/.exec(name) ?? [];
    return table === undefined ? [] : [[table, count] as const];
  });
  t.same(Object.fromEntries(counted), removed);
});

t.test("counts what is in none of its lists as other", async (t) => {
  const metrics = await Metrics.open(() => 0);
  t.teardown(() => metrics.close());
  metrics.removed({ sent_by_somebody: 2 });
  metrics.request({ method: "BREW", route: "-", status: 405, durationMilliseconds: 1 });
  const text = await metrics.text({
    waiting: { commits: 0, decoding: 0 },
    decoding: { inUse: 0, peak: 0, most: 0 },
    files: { database: 0, wal: 0, index: 0, "requests.log": 0 },
    devices: { active: 0, stale: 0, silent: 0, "in-doubt": 0, retired: 0 },
  });
  t.match(text, 'rollcall_retention_removed_total{table="other"} 2');
  t.match(text, 'rollcall_requests_total{method="other",route="-",status="4xx"} 1');
  t.notMatch(text, /sent_by_somebody|BREW/);
});

t.test("counts devices anew after a minute", async (t) => {
  const server = await watched(t);
  await server.device();
  t.equal((await samplesOf(server)).get('rollcall_devices{state="active"}'), 1);
  await server.device();
  t.equal((await samplesOf(server)).get('rollcall_devices{state="active"}'), 1);
  server.ahead = 100 * 86_400_000;
  t.equal((await samplesOf(server)).get('rollcall_devices{state="silent"}'), 2);
});

t.test("tells nothing that names a device or an account, or that somebody sent", async (t) => {
  const server = await watched(t);
  const token = await server.apiToken({ role: "admin", name: "secret-name", group: "secret-group" });
  const device = await told(server, { hostname: "secret-host" }, { group: "secret-group" });
  const inventory = new Inventory(server, token);
  await inventory.devices({ q: "host:secret-host" });
  await inventory.device(device.device);
  await send(server.url, { method: "GET", path: "/secret?secret=1" });
  const { body } = await send(server.control, scrape);
  t.match(body, /route="\/api\/v1\/devices\/:id"/);
  for (const secret of ["secret", device.device, device.installation, token, "token:1", "127.0.0"])
    t.notOk(String(body).includes(secret), secret);
});

t.test("tells what the table has, and nothing else", async (t) => {
  const server = await watched(t);
  const { headers, body } = await send(server.control, scrape);
  t.match(headers["content-type"], "text/plain; version=0.0.4");
  const names = [...String(body).matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, kind]) => [name, kind]);
  t.same(
    names,
    Object.entries(metricTable).map(([name, { kind }]) => [name, kind]),
  );
});

t.test("is told to who may read metrics, at the doors of the API, and only when switched on", async (t) => {
  const server = await watched(t, { listenAdmin: { host: "127.0.0.1", port: 0 } });
  const asked = async (url: string, token?: string) =>
    outcomeOf(
      await send(url, { ...scrape, ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}) }),
    );
  const monitor = await server.apiToken({ role: "monitor" });
  t.equal(await asked(server.adminUrl, monitor), "200");
  t.equal(await asked(server.adminUrl), "401 not-signed-in");
  t.equal(await asked(server.url, monitor), "404 not-found", "the door of the devices has none");
  t.equal(await asked(server.adminUrl, await server.apiToken({ role: "viewer" })), "403 not-permitted");
  const limited = await server.apiToken({ role: "operator", group: "lab" });
  t.equal(await asked(server.adminUrl, limited), "403 not-permitted", "its counts are of all groups");
  const headers = { authorization: `Bearer ${monitor}` };
  const devices = { method: "GET", path: "/api/v1/devices", headers } as const;
  t.equal(outcomeOf(await send(server.adminUrl, devices)), "403 not-permitted");
  const quiet = await TestServer.start();
  t.teardown(() => quiet.remove());
  t.equal(await asked(quiet.control), "404 not-found");
});
