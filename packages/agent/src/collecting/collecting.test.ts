// How the machine is looked at: in a process that can be ended, only for what is granted, one section never costing another.
import {
  allSections,
  catalogueDigest,
  categoryNames,
  type Grant,
  grantOf,
  type LocationLevel,
  usualPurposes,
} from "@rollcall/protocol";
import t from "tap";
import { machineTree } from "../testing/collected.ts";
import { errorOf } from "../testing/test-device.ts";
import { collecting } from "./collecting.ts";
import { inChild } from "./in-child.ts";

const giver = {
  by: "ada",
  interactive: false,
  at: "2026-01-02T03:04:05.000Z",
  policyDigest: catalogueDigest,
};
const grantsOf = (...categories: readonly Grant["category"][]) =>
  categories.map((category) => grantOf({ category, purposes: usualPurposes }, "personal", giver));
const everything = grantsOf(...categoryNames).map((grant) =>
  grant.category === "location" ? { ...grant, level: "precise" as const } : grant,
);

const around = {
  rootfs: null,
  platform: "linux",
  agentVersion: "0.1.0",
  applications: [],
  server: null,
  isUnlinked: false,
} as const;
const misbehaving = new URL("../testing/misbehaving-child.ts", import.meta.url);

t.test("lets no collector cost another section anything, whatever it does", async (t) => {
  const collect = collecting(around, inChild({ child: misbehaving, limitMilliseconds: 2_000 }));
  const found = await collect({ grants: everything, ownership: "personal" });
  t.match(Object.fromEntries([...found].map(([name, { status }]) => [name, status])), {
    identifiers: "failed",
    installation: "timed-out",
    memory: "ok",
    network: "failed",
    "operating-system": "timed-out",
    processor: "ok",
    "software.deb": "unsupported",
    storage: "none",
    system: "failed",
  });
  t.same(found.get("memory")?.document, { total: 2 ** 30 });
  t.same(found.get("processor")?.document, { architecture: "x86_64" }, "a wrong value costs itself");
  t.match(found.get("processor")?.diagnostics, [/^cores was left out/]);
  t.same(found.get("identifiers")?.diagnostics, ["thrown by a collector"]);
  t.match(found.get("network")?.diagnostics, [/SIGABRT/]);
});

t.test("reads nothing that tells machines apart once consent was withdrawn completely", async (t) => {
  const asked: string[] = [];
  const collect = collecting({ ...around, isUnlinked: true }, async ({ sections }) => {
    asked.push(...sections);
    return new Map();
  });
  const found = await collect({ grants: everything, ownership: "personal" });
  t.same(found.get("identifiers"), { status: "not-consented" });
  t.same(
    asked.toSorted(),
    allSections
      .map(({ name }) => name)
      .filter((name) => name !== "identifiers")
      .toSorted(),
  );
});

t.test("asks the machine only for what is granted", async (t) => {
  // A collector of any other category would end the process or the test.
  const collect = collecting(around, inChild({ child: misbehaving, limitMilliseconds: 60_000 }));
  const found = await collect({ grants: [], ownership: "personal" });
  t.same(
    [...new Set([...found.values()].map((section) => JSON.stringify(section)))],
    ['{"status":"not-consented"}'],
  );
  t.equal(found.size, allSections.length);
  const hardware = await collect({
    grants: grantsOf("hardware"),
    ownership: "personal",
    sections: ["memory"],
  });
  t.same([...hardware.keys()], ["memory"]);
});

t.test("looks at no section that only tells the place, below the choice precise", async (t) => {
  const asked = async (level: LocationLevel) => {
    let names: readonly string[] = [];
    const collect = collecting(around, async ({ sections }) => {
      names = sections;
      return new Map();
    });
    const location = grantOf({ category: "location", level, purposes: usualPurposes }, "personal", giver);
    const found = await collect({
      grants: [...grantsOf("network", "nearby"), location],
      ownership: "personal",
    });
    return { names, wifi: found.get("wifi")?.status };
  };
  const coarse = await asked("district");
  t.same([coarse.wifi, coarse.names.filter((name) => /wifi|nearby/.test(name))], ["not-consented", []]);
  t.ok(coarse.names.includes("network"));
  const { names } = await asked("precise");
  t.ok(["network", "wifi", "nearby.access-points"].every((name) => names.includes(name)));
});

t.test("reads another machine's tree and gives its documents in their one form", async (t) => {
  const rootfs = machineTree(t, { "/proc/meminfo": "MemTotal:        2048 kB\n" });
  const collect = collecting({ ...around, rootfs }, inChild());
  const found = await collect({ grants: everything, ownership: "personal", sections: ["memory"] });
  t.match(found.get("memory"), { status: "ok", document: { total: 2_097_152 } });
});

t.test("has nothing to tell of a platform that it does not know", async (t) => {
  const collect = collecting({ ...around, platform: "aix" }, inChild());
  const found = await collect({ grants: everything, ownership: "personal" });
  t.same([...new Set([...found.values()].map(({ status }) => status))], ["unsupported"]);
});

t.test("ends at once when it is asked to", async (t) => {
  const asked = new AbortController();
  const collect = collecting(
    around,
    inChild({ child: misbehaving, limitMilliseconds: 60_000, signal: asked.signal }),
  );
  const ended = errorOf(collect({ grants: everything, ownership: "personal" }));
  setImmediate(() => asked.abort());
  t.match(await ended, { code: "stopped" });
  t.match(await errorOf(collect({ grants: everything, ownership: "personal" })), { code: "stopped" });
});

t.test("says so when the process cannot even begin", async (t) => {
  const collect = collecting(around, inChild({ child: new URL("./no-such-module.ts", import.meta.url) }));
  const found = await collect({ grants: everything, ownership: "personal", sections: ["memory", "system"] });
  t.match([...found.values()], [{ status: "failed" }, { status: "failed" }]);
});
