/**
 * Every file of the state directory: what it holds, and what to do when it is broken. `succession.json`
 * (state/succession.ts), `device.key`, `lock`, `looking`, `agent.log` and kept receipts are beside them.
 */
import {
  acceptsSchema,
  applicationSchema,
  categoryNames,
  checkInNonceSchema,
  consentReceipt,
  deletionReceipt,
  deviceIdSchema,
  digestOfBytes,
  digestSchema,
  failureReasons,
  grantsSchema,
  installationIdSchema,
  locationSources,
  ownerships,
  policyNameSchema,
  publicKeySchema,
  receiptSchema,
  serverAnswer,
  sessionTokenSchema,
  statusSchema,
  wishesSchema,
} from "@rollcall/protocol";
import { z } from "zod";
import { seenSchema } from "../collecting/seen-schema.ts";
import { endings, interval } from "../schedule.ts";
import type { StateFile } from "./directory.ts";

function stateFile<T>(name: string, schema: z.ZodType<T>, remedy: string): StateFile<T> {
  return { name, schema, remedy };
}

const startAgain = "restore it from a copy, or move the directory away and enrol this device anew";
const madeAnew = "remove it; the next check-in makes it anew";

const whereSchema = {
  url: z.string().max(1_024),
  /** The server's id. */
  server: publicKeySchema,
  /** Certificates that are trusted and no others, PEM. */
  ca: z.string().max(16_384).optional(),
  /** Plain HTTP on loopback was allowed when the device enrolled. */
  insecureLoopback: z.boolean(),
  /** The agent's own is not among them. */
  applications: z.array(applicationSchema).max(63),
};

const enrollingSchema = z.object({ state: z.literal("enrolling"), ...whereSchema });
export const enrolledSchema = z.object({
  state: z.literal("enrolled"),
  ...whereSchema,
  installation: installationIdSchema,
  device: deviceIdSchema,
  ownership: z.enum(ownerships),
  receiptKey: publicKeySchema,
  /** Announced, not in use yet. */
  comingReceiptKeys: z.array(publicKeySchema).max(16).default([]),
  /** They verify the receipts that they signed, and no new one. */
  formerReceiptKeys: z.array(publicKeySchema).max(16).default([]),
  organisation: serverAnswer.shape.organisation,
  policy: policyNameSchema,
  accepts: acceptsSchema,
  /** What the organisation asks of the person here. */
  asks: wishesSchema.default([]),
});

export type Installation = z.infer<typeof enrolledSchema>;

/** Who this installation is and whose server it talks to. Written last when a device enrols: from then on it is enrolled. */
export const installationFile = stateFile(
  "installation.json",
  z.discriminatedUnion("state", [enrollingSchema, enrolledSchema]),
  startAgain,
);

export const sessionSchema = z.object({ session: sessionTokenSchema });
export const sessionFile = stateFile(
  "session.json",
  sessionSchema,
  "remove it; the next check-in gets a new session",
);

const counterSchema = z.object({ counter: z.int().min(0), nonce: checkInNonceSchema.nullable() });
/** The latest check-in begun, on the disk before it is sent. */
export const counterFile = stateFile("counter.json", counterSchema, startAgain);

export const consentSchema = z.object({
  consentNumber: z.int().min(1),
  /** The number that the server has a receipt for; lower while a change waits to be sent. */
  acknowledgedNumber: z.int().min(1),
  grants: grantsSchema,
  /** Categories that were withdrawn since, whether or not they were granted again. */
  withdrawn: z.array(z.enum(categoryNames)).max(categoryNames.length).optional(),
});
export type Consent = z.infer<typeof consentSchema>;
/** There once a personal device's consent was withdrawn completely: nothing links it to what it told before. */
export const unlinkedFile = stateFile(
  "unlinked.json",
  z.object({ isUnlinked: z.literal(true) }),
  "leave it: without it this device could be recognised again",
);

export const consentFile = stateFile("consent.json", consentSchema, startAgain);

const sectionName = z.string().max(64);
const acknowledgedSectionSchema = z
  .object({
    schema: z.int().min(1),
    status: statusSchema,
    digest: digestSchema.nullable(),
    /** The document's canonical form; null without one, and where the server's is not known here. */
    body: z.string().nullable(),
    /** What it was made from, how (any change of that makes it void), and when (milliseconds since 1970). */
    seen: seenSchema.extend({ madeBy: z.string().max(1_024), at: z.number() }).optional(),
  })
  .refine(({ digest, body }) => body === null || digestOfBytes(body) === digest, {
    error: "the document does not have its digest",
  });
export type AcknowledgedSection = z.infer<typeof acknowledgedSectionSchema>;

const readingsSchema = z.record(z.string(), z.union([z.number(), z.record(z.string(), z.number())]));
const acknowledgedSchema = z.object({
  sections: z.record(sectionName, acknowledgedSectionSchema),
  /** Readings as last sent, and when (milliseconds since 1970). */
  readings: z.record(sectionName, z.object({ values: readingsSchema, at: z.number() })),
  /** What the server refused, by digest: not sent again until it changes. */
  refused: z.record(sectionName, digestSchema),
});
export type Acknowledged = z.infer<typeof acknowledgedSchema>;
export const nothingAcknowledged: Acknowledged = { sections: {}, readings: {}, refused: {} };
export const acknowledgedFile = stateFile("acknowledged.json", acknowledgedSchema, madeAnew);
/** What the server acknowledged to the installation that this one succeeds: for the person to see, used for nothing. */
export const formerlyAcknowledgedFile = stateFile(
  "formerly-acknowledged.json",
  acknowledgedSchema,
  "remove it; nothing needs it",
);

export const receiptsSchema = z.object({
  sections: z.array(receiptSchema).max(1_000),
  consent: z.array(consentReceipt).max(1_000),
  /** Of what is personal on an organisation's device. */
  deletions: z.array(deletionReceipt).max(1_000).default([]),
});
export type Receipts = z.infer<typeof receiptsSchema>;
/** What the server signed for, oldest first. */
export const receiptsFile = stateFile("receipts.json", receiptsSchema, "move it away and keep it");

const cellName = z.string().regex(/^[0-9a-f]{15}$/);
const memorySchema = z.object({
  resolution: z.int().min(0).max(15),
  present: z.object({ cell: cellName, source: z.enum(locationSources), at: z.number() }).optional(),
  candidate: z.object({ cell: cellName, since: z.number() }).optional(),
  reports: z.array(z.number()).max(64),
  serviceQuietUntil: z.number().optional(),
});
/** Cells of the level granted and times, never a position: what deciding on the cell to tell takes. */
export const cellMemoryFile = stateFile("location.json", memorySchema, madeAnew);

const locationSettingsSchema = z.object({
  /** Where the owner says that the device is. */
  fixed: z
    .object({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      at: z.number(),
    })
    .optional(),
  isPrivateServiceAllowed: z.boolean(),
});
export type LocationSettings = z.infer<typeof locationSettingsSchema>;
/** What a person on the device said of its place; goes with the grant. */
export const locationSettingsFile = stateFile(
  "location-settings.json",
  locationSettingsSchema,
  "remove it, and say it again with rollcall-agent location",
);

export const scheduleSchema = z.object({
  intervalSeconds: z.int().min(interval.least).max(interval.most),
  phase: z.number().min(0).lt(1),
  plannedAt: z.number(),
  nextAt: z.number(),
  failures: z.int().min(0),
  failingSince: z.number().nullable(),
  lastCheckInAt: z.number().nullable(),
  answeredCounter: z.int().min(0).default(0),
  hurriedSince: z.number().nullable().default(null),
  ended: z.enum(endings).optional(),
});
export const scheduleFile = stateFile("schedule.json", scheduleSchema, madeAnew);

const failuresSchema = z.object({
  failures: z
    .array(
      z.object({
        of: z.string().max(64),
        reason: z.enum(failureReasons),
        count: z.int().min(1).max(1_000_000),
        lastDay: z.iso.datetime(),
      }),
    )
    .max(1_024),
});
/** What the agent could not do: kept while category `diagnostics` is granted. */
export const failuresFile = stateFile("failures.json", failuresSchema, madeAnew);

const usageSchema = z.object({
  /** The day that it is the usage of, UTC. */
  day: z.iso.date(),
  bytes: z.int().min(0),
  cpuSeconds: z.number().min(0),
});
export type Usage = z.infer<typeof usageSchema>;
export const usageFile = stateFile("usage.json", usageSchema, madeAnew);
