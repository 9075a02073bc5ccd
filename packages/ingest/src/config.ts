/**
 * The configuration: one table of keys, each with its default, its bounds and its meaning. It is read from
 * `config.json` in the data directory, flat: `{"organisation.name": "…"}`. A wrong configuration fails at start.
 * No bound is looser than what an agent counts on, or than what the catalogue tells the people whose devices report.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Category,
  categories,
  defaultIntervalSeconds,
  intervalBounds,
  limits,
} from "@rollcall/protocol";
import { z } from "zod";

/** A whole number; its unit is in the key's name. */
interface NumberKey {
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly is: string;
}

interface TextKey {
  readonly default: string;
  /** UTF-16 code units. */
  readonly longest: number;
  /** It is some of these, with commas between. */
  readonly someOf?: readonly string[];
  readonly is: string;
}

interface SwitchKey {
  readonly default: boolean;
  readonly is: string;
}

export type ConfigKey = NumberKey | TextKey | SwitchKey;

const KiB = 1024;
const MiB = 1024 * KiB;

/** History of a category; its catalogue says how long at most. */
const history = (category: Category): NumberKey => ({
  default: categories[category].retentionDays,
  least: 1,
  most: categories[category].retentionDays,
  is: `Days that superseded versions of ${category} sections are kept.`,
});

export const configKeys = {
  "organisation.name": {
    default: "",
    longest: 256,
    is: "Who runs this server, as the people whose devices report are told.",
  },
  "organisation.contact": {
    default: "",
    longest: 512,
    is: "Whom they can ask: an address or a page.",
  },
  "check-ins.intervalSeconds": {
    default: defaultIntervalSeconds,
    ...intervalBounds,
    is: "Seconds between two check-ins of a device.",
  },
  "check-ins.bodyBytes": {
    default: limits.checkInBody,
    least: 16 * KiB,
    most: limits.checkInBody,
    is: "A check-in's size at most.",
  },
  "check-ins.counterJump": {
    default: limits.counterJump,
    least: 100,
    most: 1_000_000,
    is: "Check-ins that lost answers can cost a device at most; a larger jump of its counter is refused.",
  },
  "sessions.hours": {
    default: 24,
    least: 1,
    most: 24,
    is: "How long a device's session lasts.",
  },
  "enrolment-tokens.uses": {
    default: 1,
    least: 1,
    most: 10_000_000,
    is: "Devices that a token enrols, unless it says otherwise.",
  },
  "enrolment-tokens.days": {
    default: 7,
    least: 1,
    most: 3_650,
    is: "How long a token is good, unless it says otherwise.",
  },
  "enrolment-tokens.perHour": {
    default: 60,
    least: 1,
    most: 10_000_000,
    is: "Enrolments an hour by one token, unless it says otherwise.",
  },
  "enrolments.successors": {
    default: 128,
    least: 2,
    most: 10_000,
    is: "Installations at one time that go back to one whose state was copied, such as an image with the agent inside.",
  },
  "enrolments.successorsPerHour": {
    default: 20,
    least: 2,
    most: 10_000,
    is: "Successors an hour of one installation whose state was copied.",
  },
  "sections.bodyBytes": {
    default: limits.sectionsBody,
    least: 64 * KiB,
    most: limits.sectionsBody,
    is: "The size of submitted sections at most, as they are sent.",
  },
  "sections.decodedBytes": {
    default: limits.sectionsDecoded,
    least: MiB,
    most: limits.sectionsDecoded,
    is: "The size of submitted sections at most, decoded.",
  },
  "sections.documentBytes": {
    default: limits.sectionDecoded,
    least: 512 * KiB,
    most: limits.sectionDecoded,
    is: "The size of one section's document at most; not more than sections.decodedBytes.",
  },
  "sections.newTermsPerDay": {
    default: 2_000,
    least: 0,
    most: 1_000_000,
    is: "Search values that a device may add in a day after its first inventory; a section that adds more is stored, and not found until it changes on another day.",
  },
  "sections.versionsPerDay": {
    default: 24,
    least: 0,
    most: 1_000,
    is: "Versions of one section of a device that history keeps of a day; later ones of that day are coalesced.",
  },
  "sections.storedBytes": {
    default: 20 * MiB,
    least: MiB,
    most: 1_024 * MiB,
    is: "What is stored of a device; over it nothing is added to its history, and new documents are kept, not indexed.",
  },
  "search.queryBytes": {
    default: limits.query,
    least: 256,
    most: limits.query,
    is: "A search query's size at most.",
  },
  "search.seconds": {
    default: 10,
    least: 1,
    most: 600,
    is: "How long a question to the index may take, and what else reads many rows.",
  },
  "search.waiting": {
    default: 64,
    least: 1,
    most: 10_000,
    is: "Questions to the index that may wait for their turn, and likewise reads of many rows; who comes beyond is asked to come later.",
  },
  "search.page": {
    default: 100,
    least: 1,
    most: 1_000,
    is: "Items on a page of a list, unless asked otherwise; not more than search.largestPage.",
  },
  "search.largestPage": {
    default: 1_000,
    least: 1,
    most: 1_000,
    is: "Items on a page at most; who asks for more gets more pages.",
  },
  "search.cursorHours": {
    default: 24,
    least: 1,
    most: 168,
    is: "How long the next page of a list can be asked for.",
  },
  "devices.staleIntervals": {
    default: 3,
    least: 2,
    most: 1_000,
    is: "Intervals without a check-in after which a device is stale.",
  },
  "devices.silentDays": {
    default: 30,
    least: 1,
    most: 3_650,
    is: "Days without a check-in after which a device is silent.",
  },
  "retention.essential.days": history("essential"),
  "retention.hardware.days": history("hardware"),
  "retention.system.days": history("system"),
  "retention.software.days": history("software"),
  "retention.personal-software.days": history("personal-software"),
  "retention.network.days": history("network"),
  "retention.people.days": history("people"),
  "retention.location.days": history("location"),
  "retention.nearby.days": history("nearby"),
  "retention.diagnostics.days": history("diagnostics"),
  "retention.updates.days": history("updates"),
  "retention.actions.days": history("actions"),
  "retention.readings.days": { default: 90, least: 1, most: 90, is: "Days that readings are kept." },
  "retention.check-ins.days": { default: 90, least: 1, most: 90, is: "Days that the check-in log is kept." },
  "retention.requests.days": { default: 30, least: 1, most: 30, is: "Days that the request log is kept." },
  "retention.audit.days": { default: 400, least: 30, most: 3_650, is: "Days that the audit log is kept." },
  "retention.deletions.days": {
    default: 90,
    least: 90,
    most: 3_650,
    is: "Days that the ledger of deletions is kept beyond the oldest backup.",
  },
  "retention.rollups.days": {
    default: 400,
    least: 1,
    most: 400,
    is: "Days that the daily counts of devices by value are kept.",
  },
  "rollups.fields": {
    default: "os,os.version,arch,vendor,model,country,group",
    longest: 256,
    someOf: [
      "os",
      "os.version",
      "kernel",
      "arch",
      "vendor",
      "model",
      "chassis",
      "virtualization",
      "cloud",
      "cpu",
      "cores",
      "memory",
      "agent",
      "channel",
      "country",
      "group",
      "secureboot",
      "firewall",
      "antivirus",
    ],
    is: "Fields whose values are counted once a day.",
  },
  "rollups.fewest": {
    default: 5,
    least: 2,
    most: 1_000,
    is: "A value that fewer devices have is counted among the others, and not named.",
  },
  "me.exportsPerDay": {
    default: 20,
    least: 1,
    most: 1_000,
    is: "How often within a day the person at a device gets everything that is stored of it.",
  },
  "ledger.secondPlace": {
    default: "",
    longest: 4_096,
    is: "Whole path of a file, best on another disk, that the ledger of deletions is written to as well.",
  },
  "server.hosts": {
    default: "",
    longest: 4_096,
    is: "Host names by which browsers and programs reach this server besides its public address, with commas between.",
  },
  "server.stopSeconds": {
    default: 10,
    least: 1,
    most: 300,
    is: "How long a stopping server waits for requests in flight.",
  },
  "server.headersSeconds": {
    default: 10,
    least: 1,
    most: 60,
    is: "How long the head of a request may take to come.",
  },
  "server.bodySeconds": {
    default: 60,
    least: 1,
    most: 300,
    is: "How long a request may take to come whole; not less than server.headersSeconds.",
  },
  "server.slowestBytesPerSecond": {
    default: KiB,
    least: 0,
    most: MiB,
    is: "A body that comes more slowly than this for some seconds is cut off.",
  },
  "server.keepAliveSeconds": {
    default: 65,
    least: 1,
    most: 600,
    is: "How long a connection on which nothing happens stays open.",
  },
  "server.sockets": {
    default: 8_192,
    least: 16,
    most: 65_536,
    is: "Connections at one time at most, on each address.",
  },
  "server.decodingBytes": {
    default: 256 * MiB,
    least: 8 * MiB,
    most: 16_384 * MiB,
    is: "Memory for everything that is being received and decoded at one time; beyond it devices are asked to come later. Not less than sections.bodyBytes and sections.decodedBytes together.",
  },
  "logs.fileBytes": {
    default: 64 * MiB,
    least: 64 * KiB,
    most: 16_384 * MiB,
    is: "Size from which on a file of the request log is put aside and another one begun, as each day does.",
  },
  "database.url": {
    default: "",
    longest: 1_024,
    is: "postgres://USER@HOST[:PORT]/DATABASE, where the store is not a file of the data directory; `rollcall serve --database` goes before it. A password is better given by PGPASSWORD or PGPASSFILE.",
  },
  "metrics.enabled": {
    default: false,
    is: "Whether /metrics tells what the server counts and measures of itself, to who may read metrics.",
  },
} as const satisfies Record<string, ConfigKey>;

type Keys = typeof configKeys;
type ValueOf<Default> = Default extends string ? string : Default extends boolean ? boolean : number;
export type Config = { readonly [K in keyof Keys]: ValueOf<Keys[K]["default"]> };

function textSchema({ longest, someOf }: TextKey) {
  const text = z.string().max(longest);
  if (!someOf) return text;
  return text.refine((names) => names === "" || names.split(",").every((name) => someOf.includes(name)), {
    error: `is some of ${someOf.join(", ")}, with commas and nothing else between`,
  });
}

function schemaOf(key: ConfigKey) {
  if ("longest" in key) return textSchema(key).default(key.default);
  if ("least" in key) return z.int().min(key.least).max(key.most).default(key.default);
  return z.boolean().default(key.default);
}

const entries: readonly (readonly [string, ConfigKey])[] = Object.entries(configKeys);

// The schema is built from the very table that the type is made from.
const schema = z.strictObject(
  Object.fromEntries(entries.map(([name, key]) => [name, schemaOf(key)])),
) as unknown as z.ZodType<Config>;

type NumberName = { [K in keyof Config]: Config[K] extends number ? K : never }[keyof Config];

/** What one key alone cannot say. */
const together: readonly (readonly [NumberName, (config: Config) => number, string])[] = [
  ["search.page", (config) => config["search.largestPage"], "search.largestPage"],
  ["sections.documentBytes", (config) => config["sections.decodedBytes"], "sections.decodedBytes"],
  ["server.headersSeconds", (config) => config["server.bodySeconds"], "server.bodySeconds"],
  [
    "sections.decodedBytes",
    (config) => config["server.decodingBytes"] - config["sections.bodyBytes"],
    "server.decodingBytes less sections.bodyBytes",
  ],
];

/** Something wrong in a configuration; `key` is null where it is the file's. */
export interface ConfigProblem {
  readonly key: string | null;
  readonly detail: string;
}

export interface JudgedConfig {
  readonly file: string;
  /** What the file says, as far as it can be read. */
  readonly set: Readonly<Record<string, unknown>>;
  /** null when something is wrong. */
  readonly config: Config | null;
  readonly problems: readonly ConfigProblem[];
}

/** Reads the configuration of a data directory and tells everything that is wrong with it. Throws where the file cannot be read. */
export function judgeConfig(directory: string): JudgedConfig {
  const file = join(directory, "config.json");
  const found = existsSync(file) ? parsed(file) : {};
  const set = z.record(z.string(), z.unknown()).safeParse(found).data ?? {};
  const result = schema.safeParse(found);
  const problems = result.success ? contradictions(result.data) : result.error.issues.flatMap(problemsOf);
  return { file, set, config: result.success && problems.length === 0 ? result.data : null, problems };
}

/** Reads the configuration of a data directory. Throws naming the file and the key. */
export function readConfig(directory: string): Config {
  const { file, config, problems } = judgeConfig(directory);
  if (config) return config;
  const places = problems.map(({ key, detail }) => (key === null ? detail : `${key}: ${detail}`));
  throw new Error(`${file}: ${places.join("; ")}. rollcall config check tells every key and what is wrong.`);
}

function problemsOf(issue: z.core.$ZodIssue): ConfigProblem[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ key, detail: "there is no such key" }));
  return [{ key: issue.path.length > 0 ? issue.path.join(".") : null, detail: issue.message }];
}

function contradictions(config: Config): ConfigProblem[] {
  return together.flatMap(([key, most, of]) =>
    config[key] <= most(config) ? [] : [{ key, detail: `is more than ${of} (${most(config)})` }],
  );
}

function parsed(file: string): unknown {
  const text = textOf(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON`, { cause });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(`${file} cannot be read`, { cause });
  }
}
