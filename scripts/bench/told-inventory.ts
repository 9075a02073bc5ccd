/**
 * What simulated devices tell of themselves, as bytes made before a clock runs: everything at first, then a change of
 * two packages, then that nothing changed.
 */
import { randomBytes } from "node:crypto";
import {
  agentApplication,
  canonicalBytes,
  compress,
  compressDcz,
  type Digest,
  digestOf,
  reprDigest,
  stateDigest,
} from "@rollcall/protocol";
import { z } from "zod";
import type { SwarmSections } from "../swarm/fleet.ts";
import type { LineRequest } from "../swarm/line.ts";
import type { Swarm } from "../swarm/swarm.ts";

/** A package that every device has, in a version that tells in which round it was told. */
export const marker = "rollcall-bench-marker";

/** Name and version of each package, as a table of software would have them. */
export type Rows = readonly (readonly [name: string, version: string])[];

/** One inventory: the requests that a device tells it by, one after the other, and what it adds or replaces. */
export interface Telling {
  readonly requests: readonly LineRequest[];
  readonly rows: Rows;
}

export const kinds = ["first", "changed", "same"] as const;
export type Kind = (typeof kinds)[number];
export type Tellings = Readonly<Record<Kind, readonly Telling[]>>;

/** An inventory that did not change is one check-in: several of them, so that there is something to measure. */
const sameTimes = 5;

/** Versions of the marker. */
export interface Marks {
  readonly first: string;
  readonly changed: string;
}

const softwareSection = z.object({
  packages: z.array(z.looseObject({ name: z.string(), version: z.string(), purl: z.string() })),
});
type Package = z.infer<typeof softwareSection>["packages"][number];

const applications = [{ number: agentApplication, version: "0.1.0", channel: "stable" }];

/** Everything that an enrolled device will send; it has sent nothing so far. */
export function tellingsOf(swarm: Swarm, device: number, marks: Marks): Tellings {
  const headers = swarm.authorised(device);
  const [at, then] = [
    sectionsAt(swarm, device, marks.first, false),
    sectionsAt(swarm, device, marks.changed, true),
  ];
  const states = [stateDigest({}), stateOf(at), stateOf(then)] as const;
  const software = { "software.deb": then["software.deb"] };
  const dictionary = canonicalBytes({ "software.deb": at["software.deb"] });
  const first = {
    requests: [checkIn(headers, 1, states[0]), sections(headers, compress(bodyOf(1, null, at)), "zstd")],
    rows: rowsOf(packagesIn(at)),
  };
  const changed = {
    requests: [
      checkIn(headers, 2, states[1]),
      sections(headers, compressDcz(bodyOf(2, states[1], software), dictionary), "dcz"),
    ],
    rows: changedRows(packagesIn(at), packagesIn(then)),
  };
  const same = Array.from({ length: sameTimes }, (_, time) => ({
    requests: [checkIn(headers, 3 + time, states[2])],
    rows: [],
  }));
  return { first: [first], changed: [changed], same };
}

/** What a device is like at age 0, its marker in this version, and one more of its packages upgraded or none. */
function sectionsAt({ fleet }: Swarm, device: number, mark: string, upgrade: boolean): SwarmSections {
  const told = fleet.sections(device, 0);
  const software = told["software.deb"];
  if (!software) throw new Error("the fleet has no packages");
  const packages = packagesIn(told);
  const place = device % packages.length;
  const marked = [
    ...packages.map((each, at) =>
      upgrade && at === place ? inVersion(each, `${each.version}+deb12u9`) : each,
    ),
    ...packages.slice(0, 1).map((each) => inVersion({ ...each, name: marker }, mark)),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...told, "software.deb": { ...software, document: { packages: marked } } };
}

const inVersion = (each: Package, version: string): Package => {
  const purl = `pkg:deb/debian/${each.name}@${version.replaceAll("+", "%2B")}?arch=amd64`;
  return { ...each, version, purl };
};

const packagesIn = (told: SwarmSections): readonly Package[] =>
  softwareSection.parse(told["software.deb"]?.document).packages;

const rowsOf = (packages: readonly Package[]): Rows =>
  packages.map(({ name, version }) => [name, version] as const);

/** What a device has at first as rows. */
export const rowsAt = ({ fleet }: Swarm, device: number): Rows =>
  rowsOf(packagesIn(fleet.sections(device, 0)));

function changedRows(before: readonly Package[], after: readonly Package[]): Rows {
  const versions = new Map(before.map(({ name, version }) => [name, version]));
  return rowsOf(after.filter(({ name, version }) => versions.get(name) !== version));
}

function stateOf(told: SwarmSections): Digest {
  const states = Object.entries(told).map(
    ([name, { status, document }]) => [name, [status, digestOf(document)] as const] as const,
  );
  return stateDigest(Object.fromEntries(states));
}

const bodyOf = (counter: number, baseStateDigest: Digest | null, sections: Partial<SwarmSections>): Buffer =>
  Buffer.from(canonicalBytes({ baseStateDigest, consentNumber: 1, counter, sections }));

type Headers = Readonly<Record<string, string>>;

function checkIn(headers: Headers, counter: number, state: Digest): LineRequest {
  const nonce = randomBytes(16).toString("base64url");
  const body = { counter, nonce, stateDigest: state, consentNumber: 1, applications };
  return { method: "POST", path: "/v1/check-ins", headers, body: JSON.stringify(body) };
}

function sections(headers: Headers, body: Uint8Array, encoding: "zstd" | "dcz"): LineRequest {
  const encoded = { "content-encoding": encoding, "repr-digest": reprDigest(body) };
  return { method: "PUT", path: "/v1/sections", headers: { ...headers, ...encoded }, body };
}
