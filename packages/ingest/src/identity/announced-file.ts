/** `keys/announced.json`: which keys of the server follow each other, and what its identity signed for each. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "@rollcall/host";
import {
  type AnnouncedCa,
  type AnnouncedKey,
  type Announcement,
  announcedCaSchema,
  announcedKeySchema,
} from "@rollcall/protocol";
import { z } from "zod";
import type { Succession } from "./rotation.ts";

export interface Announced {
  readonly receipt: Succession<AnnouncedKey>;
  readonly ca: Succession<AnnouncedCa>;
}

function successionSchema<A extends Announcement>(announcement: z.ZodType<A>): z.ZodType<Succession<A>> {
  const file = z.string().regex(/^[a-z]+(-\d+)?\.pem$/);
  const entries = z.array(z.strictObject({ file, announcement, inUseFrom: z.iso.datetime() }));
  return z.strictObject({ inUse: z.int().min(-1), entries });
}

const schema = z.strictObject({
  receipt: successionSchema<AnnouncedKey>(announcedKeySchema),
  ca: successionSchema<AnnouncedCa>(announcedCaSchema),
});

const none = { inUse: -1, entries: [] } as const;

/** What the folder of keys has; nothing before the first start. */
export function readAnnounced(folder: string): Announced {
  const file = join(folder, "announced.json");
  if (!existsSync(file)) return { receipt: none, ca: none };
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new Error(`${file} is not what this server wrote there; restore it from a copy`, { cause });
  }
}

export function writeAnnounced(folder: string, announced: Announced): void {
  writeAtomically(join(folder, "announced.json"), `${JSON.stringify(announced)}\n`);
}
