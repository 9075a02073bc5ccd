// When the system was installed: a hint that can be true, the same in every run, or nothing.
import { utimesSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import type { Look } from "../collecting/collector.ts";
import { openLook } from "../collecting/look.ts";
import { machineTree } from "../testing/collected.ts";
import { earliestCredible, installedAtSources, readInstalledAt } from "./installed-at.ts";

const now = Date.UTC(2026, 5, 1);
const at = (...parts: Parameters<typeof Date.UTC>) => Date.UTC(...parts);

t.test("takes the earliest hint that can be true", async (t) => {
  t.equal(earliestCredible([at(2025, 1), at(2024, 3), at(2026, 0)], now), "2024-04-01T00:00:00.000Z");
  t.equal(earliestCredible([0, at(1980, 0), at(1999, 11, 31), at(2000, 0)], now), "2000-01-01T00:00:00.000Z");
  t.equal(earliestCredible([now + 1, now], now), "2026-06-01T00:00:00.000Z");
  t.equal(earliestCredible([at(2024, 3) + 0.75], now), "2024-04-01T00:00:00.000Z");
  t.equal(earliestCredible([], now), undefined);
  t.equal(
    earliestCredible([0, -1, Number.NaN, Number.POSITIVE_INFINITY, now + 1, at(1999, 0)], now),
    undefined,
  );
});

t.test("is always an instant between 2000 and the latest, or nothing", async () => {
  fc.assert(
    fc.property(fc.array(fc.double()), (hints) => {
      const told = earliestCredible(hints, now);
      return told === undefined || (told >= "2000" && Date.parse(told) <= now);
    }),
    { numRuns: 200 },
  );
});

type Times = Readonly<Record<string, { born?: number; modified?: number }>>;

/** A look at a machine of which only times are known. */
function lookAt(times: Times, live: boolean): Look {
  const root = openLook({ root: t.testdir(), reads: installedAtSources });
  return {
    ...root,
    live,
    names: (path) => (path === "/var/log/installer" ? ["syslog"] : []),
    stat: (path) => times[path] && { kind: "file", size: 0, owner: 0, born: 0, modified: 0, ...times[path] },
  };
}

t.test("reads the hints of the running system", async (t) => {
  const told = (times: Times) => readInstalledAt(lookAt(times, true), now, 3_600);
  const older = at(2021, 0);
  t.equal(told({ "/lost+found": { modified: older } }), "2021-01-01T00:00:00.000Z");
  t.equal(told({ "/etc/machine-id": { modified: older } }), "2021-01-01T00:00:00.000Z");
  t.equal(told({ "/var/log/installer/syslog": { modified: older } }), "2021-01-01T00:00:00.000Z");
  t.equal(told({ "/var/log/anaconda": { born: older, modified: at(2022, 0) } }), "2021-01-01T00:00:00.000Z");
  t.equal(told({ "/": { born: older, modified: at(2022, 0) } }), "2021-01-01T00:00:00.000Z");
  t.equal(told({ "/": { born: 0, modified: older } }), undefined, "the root folder changes");
  t.equal(
    told({ "/": { born: older, modified: older } }),
    undefined,
    "no birth, but a change that stands for it",
  );
  t.equal(told({ "/etc/machine-id": { born: older, modified: at(2020, 0) } }), "2020-01-01T00:00:00.000Z");
});

t.test("does not take a start for an installation", async (t) => {
  const live = {
    "/": { born: now - 3_000_000, modified: now },
    "/etc/machine-id": { modified: now - 2_000_000 },
  };
  t.equal(readInstalledAt(lookAt(live, true), now, 3_600), undefined);
  t.ok(readInstalledAt(lookAt(live, true), now, 600), "made before the start");
  t.ok(readInstalledAt(lookAt(live, true), now, undefined));
  t.ok(readInstalledAt(lookAt(live, false), now, 3_600), "the start of which machine?");
});

t.test("does not take the making of a copy for an installation", async (t) => {
  const root = machineTree(t, {
    "/etc/machine-id": "x",
    "/var/log/installer/syslog": "",
    "/lost+found": "folder",
  });
  const set = (path: string, time: number) => utimesSync(join(root, path), time / 1_000, time / 1_000);
  for (const path of ["/etc/machine-id", "/var/log/installer/syslog", "/var/log/installer", "/lost+found"])
    set(path, at(2022, 0));
  set("/", at(2020, 0));
  const earlier = { "/etc/machine-id": { born: at(2019, 0), modified: at(2020, 0) } };
  t.equal(readInstalledAt(lookAt(earlier, false), now, undefined), "2020-01-01T00:00:00.000Z");
  const look = openLook({ root, reads: installedAtSources });
  t.equal(readInstalledAt(look, Date.now(), undefined), "2022-01-01T00:00:00.000Z");
});
