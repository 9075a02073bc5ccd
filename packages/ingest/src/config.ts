/**
 * The configuration: one table of keys with type, default and meaning. It is read from `config.json` in the data
 * directory, flat: `{"organisation.name": "…"}`. A wrong configuration fails at start.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultIntervalSeconds, intervalBounds } from "@rollcall/protocol";
import { z } from "zod";

const keys = {
  "organisation.name": {
    schema: z.string().max(256).default(""),
    is: "Who runs this server, as the people whose devices report are told.",
  },
  "organisation.contact": {
    schema: z.string().max(512).default(""),
    is: "Whom they can ask: an address or a page.",
  },
  "check-ins.intervalSeconds": {
    schema: z.int().min(intervalBounds.least).max(intervalBounds.most).default(defaultIntervalSeconds),
    is: "Seconds between two check-ins of a device.",
  },
  "sessions.hours": {
    schema: z.int().min(1).max(24).default(24),
    is: "How long a device's session lasts.",
  },
  "server.stopSeconds": {
    schema: z.int().min(1).max(300).default(10),
    is: "How long a stopping server waits for requests in flight.",
  },
} as const;

type Keys = typeof keys;
export type Config = { readonly [K in keyof Keys]: z.infer<Keys[K]["schema"]> };

const schema = z.strictObject(
  Object.fromEntries(Object.entries(keys).map(([key, { schema: value }]) => [key, value])),
);

/** Reads the configuration of a data directory. Throws naming the file and the key. */
export function readConfig(directory: string): Config {
  const file = join(directory, "config.json");
  const result = schema.safeParse(existsSync(file) ? parsed(file) : {});
  // The schema was built from the very table that the type is made from.
  if (result.success) return result.data as unknown as Config;
  const places = result.error.issues.map((issue) =>
    issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message,
  );
  throw new Error(`${file}: ${places.join("; ")}. Keys are ${Object.keys(keys).join(", ")}.`);
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
