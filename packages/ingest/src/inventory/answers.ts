/** The inventory's answers, member for member: nothing missing, nothing besides. */
import {
  consentNumberSchema,
  correctionAnswer,
  dataRequestSchema,
  deviceIdSchema,
  digestSchema,
  grantSchema,
  grantsSchema,
  statusSchema,
} from "@rollcall/protocol";
import { z } from "zod";
import { noteSchema } from "../copies/note.ts";
import { deviceStates } from "./device-state.ts";

const instant = z.iso.datetime();
const column = z.string().nullable();

const item = {
  id: deviceIdSchema,
  hostname: column,
  manufacturer: column,
  model: column,
  serial: column,
  os: z.strictObject({ name: column, version: column }),
  groups: z.array(z.string()),
  country: column,
  applications: z.array(z.strictObject({ number: z.string(), version: z.string(), channel: z.string() })),
  state: z.enum(deviceStates),
  firstSeenAt: instant,
  lastSeenAt: instant,
  masked: z.array(z.string()).optional(),
};

const cursor = z.string().nullable();
export const deviceItem = z.strictObject(item);
export const devicePage = z.strictObject({
  asOf: instant,
  items: z.array(deviceItem),
  next: cursor,
  total: z.int(),
});
export const namedDevices = z.strictObject({ asOf: instant, items: z.array(deviceItem) });

const section = z.strictObject({
  digest: digestSchema.nullable(),
  status: statusSchema,
  since: instant,
  /** The store cannot read the document any more. */
  fault: z.literal("damaged").optional(),
  document: z.unknown().optional(),
});
const grantOfNobody = z.looseObject({ category: z.string(), by: z.null() });
const degrees = z.number().nullable();
/** The best that anybody said of it: the organisation (`fixed`), the device, or the address that it checks in from. */
const location = z.strictObject({
  source: z.string(),
  cell: column,
  resolution: z.int().nullable(),
  accuracyMetres: z.int().nullable(),
  latitude: degrees,
  longitude: degrees,
  at: instant,
  country: column,
});
export const deviceWhole = z.strictObject({
  asOf: instant,
  ...item,
  ownership: z.enum(["organisation", "personal"]),
  flags: z.array(z.enum(["not-indexed", "damaged"])),
  sections: z.record(z.string(), section),
  readings: z.record(z.string(), z.record(z.string(), z.unknown())),
  location: location.nullable(),
  consent: z.strictObject({
    consentNumber: consentNumberSchema,
    // Who gave a grant is masked for a viewer.
    grants: z.union([grantsSchema, z.array(grantOfNobody)]),
  }),
  /** What was granted and taken back, the latest first. */
  consentHistory: z.array(
    z.strictObject({
      did: z.enum(["granted", "withdrawn"]),
      consentNumber: consentNumberSchema,
      at: instant,
      grant: z.union([grantSchema, grantOfNobody]),
    }),
  ),
  corrections: correctionAnswer.shape.corrections,
  requests: z.array(dataRequestSchema.strict()),
  notes: z.array(noteSchema),
  possibleDuplicates: z.array(deviceIdSchema),
});
