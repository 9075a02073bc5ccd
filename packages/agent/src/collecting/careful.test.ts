/** The cheap way of looking is taken as long as it comes back. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { lookingMark } from "../state/looking-mark.ts";
import { errorOf } from "../testing/test-device.ts";
import { careful } from "./careful.ts";
import type { LookAround } from "./collecting.ts";
import { nothingFrom, type Outcome } from "./outcome.ts";

const facts = {
  platform: "linux",
  agentVersion: "0.1.0",
  applications: [],
  server: null,
  location: { level: null },
} as const;
const task = { sections: ["memory"], root: null, facts };

/** Both ways, with what comes of them next, and which were taken. */
function ways(t: Test) {
  const path = t.testdir();
  const taken: string[] = [];
  const next: { status: Outcome["status"]; crashes: boolean } = { status: "ok", crashes: false };
  const way =
    (name: string): LookAround =>
    async ({ sections }) => {
      taken.push(`${name}${existsSync(join(path, "looking")) ? ", marked" : ""}`);
      if (next.crashes) throw new Error("as a process that ends in the midst of it");
      return new Map(sections.map((section) => [section, nothingFrom(section, next.status)]));
    };
  const both = { cheap: way("cheap"), bounded: way("bounded") };
  const abandoned: true[] = [];
  const look = () => careful(lookingMark({ path }), both, () => abandoned.push(true))(task);
  return { taken, next, abandoned, look };
}

t.test("looks the cheap way, marked while it does", async (t) => {
  const { taken, look } = ways(t);
  t.same([...(await look()).values()], [nothingFrom("memory", "ok")]);
  await look();
  t.same(taken, ["cheap, marked", "cheap, marked"]);
});

t.test("takes the other way after one that did not come back, until that goes well", async (t) => {
  const { taken, next, look } = ways(t);
  next.crashes = true;
  await errorOf(look());
  next.crashes = false;
  next.status = "timed-out";
  await look();
  next.status = "failed";
  await look();
  next.status = "none";
  await look();
  await look();
  t.same(taken, ["cheap, marked", "bounded, marked", "bounded, marked", "bounded, marked", "cheap, marked"]);
});

t.test("tells once of one that never came back, and of none that came back with a failure", async (t) => {
  const { taken, next, look, abandoned } = ways(t);
  next.status = "failed";
  await look();
  await look();
  t.equal(abandoned.length, 0);
  next.status = "ok";
  await look();
  next.crashes = true;
  await errorOf(look());
  next.crashes = false;
  next.status = "failed";
  await look();
  await look();
  t.equal(abandoned.length, 1);
  t.equal(taken.length, 6);
});

t.test("does not go on with the cheap way where it failed", async (t) => {
  const { taken, next, look } = ways(t);
  next.status = "timed-out";
  await look();
  await look();
  t.same(taken, ["cheap, marked", "bounded, marked"]);
});
