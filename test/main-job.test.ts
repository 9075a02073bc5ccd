// The main job on real input: this very machine, its own agent, a real server, and what the inventory answers.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname, release } from "node:os";
import t, { type Test } from "tap";
import { sectionNamed } from "../packages/protocol/src/index.ts";
import { House } from "./processes.ts";

type Json = Record<string, unknown>;
interface Device {
  readonly id: string;
  readonly hostname: string | null;
  readonly sections: Readonly<Record<string, { readonly status: string; readonly document?: Json }>>;
}

async function deviceOf(house: House, name: string): Promise<Device> {
  const [device] = await house.asked("device", name);
  // The API's own tests hold its shape; here it is only looked into.
  return device as Device;
}

/** A server, and this machine enrolled with it as `npm start` does it. */
async function enrolled(t: Test, ...grants: string[]) {
  const house = await House.of(t);
  const agent = house.agent("agent");
  const made = await agent.run("enrol", await house.enrolment("--ownership", "personal"), ...grants);
  t.match(made, { code: 0 }, made.stderr);
  return { house, agent };
}

const granted = ["essential", "hardware", "system", "software", "network"];

/** What is granted was looked at, but software of other systems, and what only locates the device. */
function usual(section: string): readonly string[] {
  const { sources, category = "", onlyLocates } = sectionNamed(section) ?? {};
  if (!granted.includes(category) || onlyLocates) return ["not-consented"];
  return sources?.linux === undefined ? ["unsupported"] : ["ok", "none", "denied"];
}

const onLinux = process.platform === "linux" ? false : "collectors read Linux only";

t.test("shows this very machine in the inventory", { skip: onLinux }, async (t) => {
  const { house, agent } = await enrolled(t, "--grant", "inventory");
  const first = await agent.json("check-in");
  t.match(first, { outcome: "sent", refused: [] });
  const { deviceId } = await agent.json("status");
  const { hostname: shown, sections } = await deviceOf(house, String(deviceId));

  t.equal(shown, hostname());
  t.same(
    Object.entries(sections).filter(([name, { status }]) => !usual(name).includes(status)),
    [],
  );
  const memory = Number(/^MemTotal:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]) * 1024;
  t.match(sections, {
    memory: { document: { total: memory } },
    "operating-system": { document: { kernel: release(), hostname: hostname() } },
    installation: { document: { agent: {}, os: { type: "linux" } } },
    processor: { document: { cores: Number, threads: Number } },
    network: { document: { interfaces: [] } },
  });

  t.match(await house.asked("devices", `host:${hostname()}`, "memory:>1MiB"), [{ id: deviceId }]);
  t.same(await house.asked("devices", `-host:${hostname()}`), []);
  t.match(await house.asked("facets", "kernel"), [{ value: release(), devices: 1 }]);
  t.match(await agent.json("check-in"), { outcome: "unchanged", sent: [] });
});

t.test("shows to the byte what was sent", { skip: onLinux }, async (t) => {
  const { house, agent } = await enrolled(t, "--grant", "inventory");
  await agent.json("check-in");
  const { sections: here } = (await agent.json("show")) as {
    sections: Record<string, { document: unknown }>;
  };
  const { sections: there } = await deviceOf(house, hostname());
  const documents = Object.entries(there).flatMap(([name, { document }]) =>
    document === undefined ? [] : [[name, document] as const],
  );
  t.ok(documents.length > 5);
  // Compared on the server, and shown to nobody.
  const compared = { ...Object(here.identifiers?.document), machine: null };
  for (const [name, document] of documents)
    t.strictSame(name === "identifiers" ? compared : here[name]?.document, document, name);
});

t.test(
  "shows the packages that dpkg calls installed, to the last one",
  { skip: spawnSync("dpkg-query", ["--version"]).status === 0 ? false : "dpkg-query is not installed" },
  async (t) => {
    const { house, agent } = await enrolled(t, "--grant", "software");
    await agent.json("check-in");
    const { deviceId } = await agent.json("status");
    const { sections } = await deviceOf(house, String(deviceId));
    const shown = Object(sections["software.deb"]?.document).packages as Json[];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format.
    const format = "${db:Status-Abbrev}\t${Package}\t${Version}\t${Architecture}\n";
    const expected = execFileSync("dpkg-query", ["-W", "-f", format], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line[1] === "i")
      .map((line) => line.split("\t").slice(1).join(" "));
    t.ok(expected.length > 0);
    t.strictSame(
      shown.map(({ name, version, architecture }) => `${name} ${version} ${architecture}`).toSorted(),
      expected.toSorted(),
    );
    const [title] = await house.asked("software", expected[0]?.split(" ")[0] ?? "");
    t.match(title, { source: "deb", devices: 1 });
  },
);

t.test("deletes on the server what is withdrawn, at the next check-in", { skip: onLinux }, async (t) => {
  const { house, agent } = await enrolled(t, "--grant", "inventory");
  await agent.json("check-in");
  const { deviceId } = await agent.json("status");
  t.not((await house.asked("facets", "kernel")).length, 0);
  t.match(await agent.run("consent", "withdraw", "system,software"), { code: 0 });
  t.match(await agent.json("check-in"), { outcome: "sent" });
  const { hostname: shown, sections } = await deviceOf(house, String(deviceId));
  t.equal(shown, null);
  t.match(sections, {
    "operating-system": { status: "not-consented" },
    "software.deb": { status: "not-consented" },
    memory: { status: "ok" },
  });
  t.notOk(sections["operating-system"]?.document);
  t.same(await house.asked("facets", "kernel"), []);
  t.same(await house.asked("software"), []);
  t.match(await agent.json("check-in"), { outcome: "unchanged" });
});

t.test("goes on after the server was started anew", { skip: onLinux }, async (t) => {
  const { house, agent } = await enrolled(t);
  await agent.json("check-in");
  t.equal(await house.end("SIGTERM"), 0);
  const away = await agent.run("check-in", "--json");
  t.match(away, { code: 4, stderr: /not reached/ });
  t.match(JSON.parse(away.stdout), { outcome: "deferred" });
  await house.start();
  t.match(await agent.json("check-in"), { outcome: "unchanged" });
});
