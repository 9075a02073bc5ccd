// Section `installation`: sent by everybody, so it looks at no more than it needs.
import { release } from "node:os";
import fc from "fast-check";
import t from "tap";
import { runCollector } from "../collecting/run-collector.ts";
import { collected } from "../testing/collected.ts";
import { collector } from "./installation.ts";

const applications = [
  { number: "rollcall-agent", version: "0.1.0", channel: "stable" },
  { number: "com.example.kiosk", version: "7" },
];
const facts = { applications, agentVersion: "0.1.0", server: null, location: { level: null } };

t.test("tells the applications, the kind of system and the agent", async (t) => {
  const machine = { "/etc/os-release": "ID=debian\nVERSION_ID=12\n", "/etc/debian_version": "12.11\n" };
  const { status, document } = await collected(t, "installation", machine, { facts });
  t.equal(status, "ok");
  t.same(document, {
    applications: applications.toReversed(),
    os: { type: "linux", version: "12.11" },
    agent: { version: "0.1.0" },
  });
});

t.test("tells the same version as section operating-system", async (t) => {
  const version = async (section: string) => Object((await collected(t, section, "/")).document);
  const { os } = await version("installation");
  t.equal(os.version, (await version("operating-system")).version);
});

t.test("looks at nothing else", async (t) => {
  t.same(collector.platforms.linux?.reads, ["/etc/os-release", "/usr/lib/os-release", "/etc/debian_version"]);
  t.same([collector.platforms.darwin?.reads, collector.platforms.win32?.reads], [[], []]);
});

t.test("tells macOS' and Windows' own version, of the running system alone", async (t) => {
  for (const platform of ["darwin", "win32"] as const) {
    const own = await runCollector(collector, null, { ...facts, platform });
    t.match(own, { status: "ok", document: { os: { type: platform, version: release() } } });
    const other = await runCollector(collector, t.testdir(), { ...facts, platform });
    t.match(other, { status: "ok", document: { os: { type: platform, version: undefined } } });
  }
});

t.test("passes its definition whatever the files hold", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), fc.uint8Array(), async (osRelease, debianVersion) => {
      const machine = { "/etc/os-release": osRelease, "/etc/debian_version": debianVersion };
      return (await collected(t, "installation", machine, { facts })).status === "ok";
    }),
    { numRuns: 100 },
  );
});
