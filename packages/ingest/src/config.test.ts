/** The configuration: its defaults, and what is wrong with one, by file and key. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { readConfig } from "./config.ts";
import { startServer } from "./server.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

/** By hand, as PROTOCOL.md has them. */
const defaults = {
  "organisation.name": "",
  "organisation.contact": "",
  "check-ins.intervalSeconds": 3_607,
  "check-ins.bodyBytes": 64 * KiB,
  "check-ins.counterJump": 10_000,
  "sessions.hours": 24,
  "enrolment-tokens.uses": 1,
  "enrolment-tokens.days": 7,
  "enrolment-tokens.perHour": 60,
  "enrolments.successors": 128,
  "enrolments.successorsPerHour": 20,
  "sections.bodyBytes": 8 * MiB,
  "sections.decodedBytes": 64 * MiB,
  "sections.documentBytes": 32 * MiB,
  "sections.newTermsPerDay": 2_000,
  "sections.versionsPerDay": 24,
  "sections.storedBytes": 20 * MiB,
  "search.queryBytes": 4 * KiB,
  "search.seconds": 10,
  "search.waiting": 64,
  "search.page": 100,
  "search.largestPage": 1_000,
  "search.cursorHours": 24,
  "devices.staleIntervals": 3,
  "devices.silentDays": 30,
  "retention.essential.days": 400,
  "retention.hardware.days": 400,
  "retention.system.days": 400,
  "retention.software.days": 400,
  "retention.personal-software.days": 30,
  "retention.network.days": 90,
  "retention.people.days": 30,
  "retention.location.days": 30,
  "retention.nearby.days": 7,
  "retention.diagnostics.days": 90,
  "retention.updates.days": 400,
  "retention.actions.days": 400,
  "retention.readings.days": 90,
  "retention.check-ins.days": 90,
  "retention.requests.days": 30,
  "retention.audit.days": 400,
  "retention.deletions.days": 90,
  "retention.rollups.days": 400,
  "rollups.fields": "os,os.version,arch,vendor,model,country,group",
  "rollups.fewest": 5,
  "me.exportsPerDay": 20,
  "ledger.secondPlace": "",
  "server.hosts": "",
  "server.stopSeconds": 10,
  "server.headersSeconds": 10,
  "server.bodySeconds": 60,
  "server.slowestBytesPerSecond": KiB,
  "server.keepAliveSeconds": 65,
  "server.sockets": 8_192,
  "server.decodingBytes": 256 * MiB,
  "logs.fileBytes": 64 * MiB,
  "database.url": "",
  "metrics.enabled": false,
};

function directoryWith(t: Test, content: string): string {
  return t.testdir({ "config.json": content });
}

t.test("has a default for every key", async (t) => {
  t.same(readConfig(t.testdir({})), defaults);
  t.same(readConfig(directoryWith(t, "{}")), defaults);
});

t.test("takes what is set, and the defaults for the rest", async (t) => {
  const set = { "organisation.name": "Ünïon", "sessions.hours": 1, "check-ins.intervalSeconds": 300 };
  t.same(readConfig(directoryWith(t, JSON.stringify(set))), { ...defaults, ...set });
});

t.test("names the file and the key of what is wrong", async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['{"sessions.hours": "24"}', /sessions\.hours: .*number/],
    ['{"sessions.hours": 0}', /sessions\.hours: /],
    ['{"sessions.hours": 25}', /sessions\.hours: /],
    ['{"sessions.hours": 1.5}', /sessions\.hours: .*int/],
    ['{"sessions.hours": null}', /sessions\.hours: /],
    ['{"check-ins.intervalSeconds": 299}', /check-ins\.intervalSeconds: /],
    ['{"check-ins.intervalSeconds": 604801}', /check-ins\.intervalSeconds: /],
    ['{"server.stopSeconds": 0}', /server\.stopSeconds: /],
    ['{"server.stopSeconds": 301}', /server\.stopSeconds: /],
    [`{"organisation.name": "${"x".repeat(257)}"}`, /organisation\.name: /],
    ['{"organisation.contact": ["a"]}', /organisation\.contact: .*string/],
    ['{"sessions.hour": 2}', /sessions\.hour: there is no such key/],
    ['{"sessions": {"hours": 2}}', /sessions: there is no such key/],
    ['{"__proto__": {"sessions.hours": 2}}', /__proto__: there is no such key/],
    ['{"sections.bodyBytes": 8388609}', /sections\.bodyBytes: /],
    ['{"retention.nearby.days": 8}', /retention\.nearby\.days: /],
    [
      '{"search.page": 100, "search.largestPage": 99}',
      /search\.page: is more than search\.largestPage \(99\)/,
    ],
    [
      '{"sections.decodedBytes": 1048576}',
      /sections\.documentBytes: is more than sections\.decodedBytes \(1048576\)/,
    ],
    [
      '{"server.decodingBytes": 67108864}',
      /sections\.decodedBytes: is more than server\.decodingBytes less sections\.bodyBytes \(58720256\)/,
    ],
    ['{"server.bodySeconds": 9}', /server\.headersSeconds: is more than server\.bodySeconds \(9\)/],
    ['{"sessions.hours": 0, "server.stopSeconds": 0}', /sessions\.hours: .*; server\.stopSeconds: /],
    ["[]", /expected (object|record), received array/],
    ["null", /expected (object|record), received null/],
    ['"x"', /expected (object|record), received string/],
    ["", /is not JSON/],
    ["{'sessions.hours': 2}", /is not JSON/],
    ['{"sessions.hours": 2,}', /is not JSON/],
  ];
  for (const [content, words] of cases) {
    const directory = directoryWith(t, content);
    const told = t.throws(() => readConfig(directory), { message: words }, content);
    t.match(told, { message: join(directory, "config.json") });
  }
  const directory = directoryWith(t, '{"x": 1}');
  t.throws(() => readConfig(directory), { message: /x: there is no such key\. rollcall config check tells/ });
});

t.test("tells a file that cannot be read from one that is no JSON", async (t) => {
  const directory = t.testdir({});
  mkdirSync(join(directory, "config.json"));
  t.throws(() => readConfig(directory), { message: `${join(directory, "config.json")} cannot be read` });
  if (process.getuid?.() === 0) return;
  const denied = directoryWith(t, "{}");
  chmodSync(join(denied, "config.json"), 0o000);
  t.throws(() => readConfig(denied), { message: /config\.json cannot be read/ });
});

t.test(
  "lets a server with a wrong configuration not start, and leaves the directory to the next",
  async (t) => {
    const directory = directoryWith(t, '{"sessions.hours": 99}');
    const options = { directory, operator: "tester", now: Date.now };
    await t.rejects(startServer(options), { message: /sessions\.hours/ });
    writeFileSync(join(directory, "config.json"), "{}");
    await (await startServer(options)).stop();
  },
);
