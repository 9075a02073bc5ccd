/** What a note on a device says, as it is answered. */
import { deviceIdSchema } from "@rollcall/protocol";
import { z } from "zod";

const ids = z.array(deviceIdSchema);
const instant = z.iso.datetime();

export const noteSchema = z.discriminatedUnion("kind", [
  /** It goes on from a device in doubt; which of its successors lives is not known yet. */
  z.strictObject({ kind: z.literal("provisional"), from: deviceIdSchema }),
  /** The state of `from` was copied, and each copy went on as a device of its own. */
  z.strictObject({
    kind: z.literal("copied"),
    at: instant,
    /** null where the caller may not know of it. */
    from: deviceIdSchema.nullable(),
    others: ids,
  }),
  /** An admin made it one with these. Those `living` still check in: they may be devices of their own after all. */
  z.strictObject({
    kind: z.literal("merged"),
    at: instant,
    by: z.string(),
    with: ids,
    living: ids,
    undoUntil: instant,
  }),
]);
export type Note = z.infer<typeof noteSchema>;
