// What is remembered of places: cells, as coarse as is granted and as long as it is.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Grant, grantOf, type LocationLevel } from "@rollcall/protocol";
import t from "tap";
import { changeConsent } from "../consent/apply.ts";
import { locationSettingsFile } from "../state/files.ts";
import { grant } from "../testing/checked-in.ts";
import { policy } from "../testing/fake-server.ts";
import { TestDevice } from "../testing/test-device.ts";
import { locationSettings, whereaboutsIn } from "./whereabouts.ts";

const giver = { by: "ada", interactive: true, at: "2026-03-04T00:00:00.000Z", policyDigest: policy.digest };
const locationAt = (level: LocationLevel, recipients?: readonly string[]): Grant =>
  grantOf({ category: "location", level, purposes: ["inventory"], recipients }, "personal", giver);

const memory = {
  resolution: 5,
  present: { cell: "851e15b7fffffff", source: "gpsd", at: 1_772_600_400_000 },
  candidate: { cell: "851f8d7bfffffff", since: 1_772_600_400_000 },
  reports: [1_772_600_400_000],
};

t.test("looks for no cell where none is told", async (t) => {
  const { directory } = await TestDevice.stranger(t);
  const { facts } = whereaboutsIn(directory, { now: () => 7, keeps: true });
  t.same(facts([]), { level: null });
  t.same(facts([locationAt("country")]), { level: "country" });
  for (const [level, resolution] of [
    ["region", 4],
    ["city", 5],
    ["district", 7],
    ["precise", 11],
  ] as const) {
    const nothing = { fixed: undefined, service: undefined, memory: undefined };
    t.same(facts([locationAt(level)]), { level, search: { resolution, now: 7, ...nothing } });
  }
});

t.test(
  "asks the service that the grant names, and in a private network only where that was said",
  async (t) => {
    const { directory } = await TestDevice.enrolled(t);
    const { facts } = whereaboutsIn(directory, { now: () => 7, keeps: true });
    const url = "https://geo.example/v1/geolocate";
    const serviceNow = () => facts([locationAt("city", [url])]).search?.service;
    t.same(serviceNow(), { url, isPrivateAllowed: false });
    directory.write(locationSettingsFile, { isPrivateServiceAllowed: true });
    t.same(serviceNow(), { url, isPrivateAllowed: true });
  },
);

t.test("remembers what a check-in saw, and nothing of a look that goes nowhere", async (t) => {
  const { directory } = await TestDevice.enrolled(t);
  const whereabouts = (keeps: boolean) => whereaboutsIn(directory, { now: () => 7, keeps });
  whereabouts(false).remember(memory);
  t.equal(whereabouts(true).facts([locationAt("city")]).search?.memory, undefined);
  whereabouts(true).remember(memory);
  t.same(whereabouts(true).facts([locationAt("city")]).search?.memory, memory);
  t.throws(() => whereabouts(true).remember({ ...memory, present: { cell: "48.2082,16.3738" } }));
});

t.test("forgets cells with the level that they were found for, and everything with the grant", async (t) => {
  const device = await TestDevice.enrolled(t);
  grant(device, "location=city");
  const { directory, state } = device;
  const whereabouts = whereaboutsIn(directory, { now: () => 7, keeps: true });
  const fixed = { latitude: 48.2082, longitude: 16.3738, at: 5 };
  directory.write(locationSettingsFile, { isPrivateServiceAllowed: false, fixed });
  const change = (grants: readonly Grant[]) => changeConsent(device.state, grants, giver);
  const others = state.consent.value.grants.filter(({ category }) => category !== "location");
  const files = () => directory.names().filter((name) => name.startsWith("location"));

  whereabouts.remember(memory);
  change([...others, locationAt("city", ["https://geo.example"])]);
  t.same(files().toSorted(), ["location-settings.json", "location.json"], "the level is the same");
  t.notMatch(readFileSync(join(directory.path, "location.json"), "utf8"), /latitude|48\.2/);
  change([...others, locationAt("region")]);
  t.same(files(), ["location-settings.json"]);
  whereabouts.remember(memory);
  change(others);
  t.same(files(), []);
  t.same(locationSettings(directory), { isPrivateServiceAllowed: false });
});
