/**
 * `bench delta`: what check-ins weigh on the wire, in bytes of requests and answers with their headers, counted on
 * the socket between a real agent and a real server: one that has nothing to tell, and one after a package of many
 * was upgraded; against gzip of the whole document, which is what an agent without a delta sends.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { canonicalBytes, readEnrolmentString, writeEnrolmentString } from "@rollcall/protocol";
import { z } from "zod";
import type { Bench, Compared, Measured, Surroundings } from "./bench.ts";
import { DebianMachine } from "./debian-machine.ts";
import { startRollcall } from "./servers.ts";
import { takeTurns } from "./statistics.ts";
import { type Exchange, Wire } from "./wire.ts";

const packages = 2_000;
const wholeDocument = "gzip of the whole document";
/** GLPI agent 1.4's message when nothing changed, headers and answer included. */
const glpi = { name: "GLPI agent's nothing-changed message", values: [1_296] };

export const delta: Bench = {
  name: "delta",
  measures: "bytes of an unchanged check-in both ways, with headers",
  unit: "bytes",
  better: "lower",
  defaults: { devices: 1, seconds: 15 },
  run,
};

async function run(surroundings: Surroundings): Promise<Measured> {
  const { directory, seconds, note } = surroundings;
  const machine = new DebianMachine(join(directory, "machine"), packages);
  const { agent, wire } = await enrolledAgent(surroundings, machine.rootfs);
  await agent("check-in");
  const first = wire.taken();
  const whole = await documents(agent);
  note(`a machine with ${packages} packages has told everything`);
  const began = performance.now();
  const turns = await takeTurns(
    {
      unchanged: async () => bytesOf(await exchangesOf(agent, wire, "unchanged"), checkIn),
      upgraded: async () => {
        machine.upgradeOne();
        return bytesOf(await exchangesOf(agent, wire, "sent"), putSections);
      },
      whole: async () => gzipSync(whole).length,
    },
    {
      isEnough: () => performance.now() - began >= seconds * 1_000,
      onTurn: (number, { unchanged, upgraded, whole }) =>
        note(`round ${number}: unchanged ${unchanged}, upgraded ${upgraded}, the whole document ${whole}`),
    },
  );
  const values = (side: "unchanged" | "upgraded" | "whole") => turns.map((turn) => turn[side]);
  const baseline = { name: wholeDocument, values: values("whole") };
  const compared = (ours: readonly number[], to: Compared["baseline"] = baseline): Compared => ({
    unit: "bytes",
    better: "lower",
    ours,
    baseline: to,
  });
  return {
    ours: values("unchanged"),
    baseline,
    figures: {
      unchangedBytes: compared(values("unchanged"), glpi),
      upgradedBytes: compared(values("upgraded")),
      firstInventoryBytes: compared([bytesOf(first, putSections)]),
    },
  };
}

const [checkIn, putSections] = ["POST /v1/check-ins", "PUT /v1/sections"];

type Agent = (...args: string[]) => Promise<string>;

const program = join(import.meta.dirname, "../../packages/agent/bin/rollcall-agent.mjs");

/** An agent that has enrolled with a new server over a wire that counts. */
async function enrolledAgent(
  surroundings: Surroundings,
  rootfs: string,
): Promise<{ agent: Agent; wire: Wire }> {
  const { directory } = surroundings;
  const server = await startRollcall(surroundings);
  const read = readEnrolmentString(await server.newEnrolment(1));
  if ("error" in read) throw new Error(read.detail);
  const path = join(directory, "wire.sock");
  const wire = await Wire.open(surroundings, path, read.url.slice("unix:".length));
  const places = ["--state", join(directory, "agent"), "--path-rootfs", rootfs];
  const agent: Agent = async (...args) =>
    (
      await promisify(execFile)(process.execPath, [program, ...args, ...places, "--json"], {
        maxBuffer: 2 ** 26,
      })
    ).stdout;
  await agent("enrol", writeEnrolmentString({ ...read, url: `unix:${path}` }), "--grant", "inventory");
  return { agent, wire };
}

const said = z.object({ outcome: z.string() });

/** A check-in with this outcome, as it went over the wire. */
async function exchangesOf(agent: Agent, wire: Wire, expected: string): Promise<readonly Exchange[]> {
  wire.taken();
  const { outcome } = said.parse(JSON.parse(await agent("check-in")));
  if (outcome !== expected) throw new Error(`a check-in was ${outcome}, not ${expected}`);
  return wire.taken();
}

/** Bytes both ways of the one such exchange. */
function bytesOf(exchanges: readonly Exchange[], wanted: string | undefined): number {
  const [found, ...others] = exchanges.filter(({ request }) => request === wanted);
  if (!found || others.length > 0)
    throw new Error(`not one ${wanted}, but ${exchanges.map(({ request }) => request).join(", ")}`);
  return found.sentBytes + found.receivedBytes;
}

const shown = z.object({ sections: z.record(z.string(), z.object({ document: z.unknown() })) });

/** Everything that the agent tells of the machine, in canonical form. */
async function documents(agent: Agent): Promise<Uint8Array> {
  const { sections } = shown.parse(JSON.parse(await agent("show")));
  const there = Object.entries(sections).filter(([, { document }]) => document !== null);
  return canonicalBytes(Object.fromEntries(there.map(([name, { document }]) => [name, document])));
}
