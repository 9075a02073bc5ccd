/**
 * A succession on the disk: this device goes on under a new key, because its identity was used in two places. First
 * the intention with the key, before anything is sent; then, in one step, everything that the new installation begins
 * with. Whoever gets the lock finishes what was begun, so that the state is always one installation's.
 */
import {
  installationIdSchema,
  newSigningKey,
  type SigningKey,
  signingKeyFromPem,
  signingKeyToPem,
} from "@rollcall/protocol";
import { z } from "zod";
import { withoutUngranted } from "../consent/apply.ts";
import type { StateDirectory, StateFile } from "./directory.ts";
import {
  acknowledgedFile,
  type Consent,
  consentFile,
  consentSchema,
  counterFile,
  enrolledSchema,
  formerlyAcknowledgedFile,
  installationFile,
  nothingAcknowledged,
  scheduleFile,
  scheduleSchema,
  sessionFile,
  sessionSchema,
} from "./files.ts";

const begun = { succeeds: installationIdSchema, key: z.string().max(4_096) };
const beginningsSchema = z.object({
  session: sessionSchema,
  consent: consentSchema,
  schedule: scheduleSchema,
  installation: enrolledSchema,
});
export type Beginnings = z.infer<typeof beginningsSchema>;

const successionSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("intended"), ...begun }),
  z.object({ state: z.literal("admitted"), ...begun, beginnings: beginningsSchema }),
]);

/** Readable by the agent's account alone, as every file here: it holds the new key. */
export const successionFile: StateFile<z.infer<typeof successionSchema>> = {
  name: "succession.json",
  schema: successionSchema,
  remedy: "remove it; the next check-in begins anew",
};

export interface Succession {
  readonly succeeds: string;
  readonly key: SigningKey;
}

/** The succession that was begun for this installation, null when there is none. */
export function succession(directory: StateDirectory, installation: string): Succession | null {
  const stored = directory.read(successionFile);
  if (stored?.succeeds !== installation) return null;
  return { succeeds: stored.succeeds, key: signingKeyFromPem(stored.key) };
}

/** Makes the new key and puts the intention on the disk; one that is there is kept, for its answer may have been lost. */
export function beginSuccession(directory: StateDirectory, succeeds: string): void {
  if (succession(directory, succeeds)) return;
  directory.write(successionFile, {
    state: "intended",
    succeeds,
    key: signingKeyToPem(newSigningKey()),
  });
}

/** Gives up a key that the server does not take any more. */
export function dropSuccession(directory: StateDirectory): void {
  directory.remove(successionFile);
}

/** The server has let the successor in: from here on there is no way back to the old identity. */
export function admitSuccession(
  directory: StateDirectory,
  { succeeds, key }: Succession,
  beginnings: Beginnings,
): void {
  directory.write(successionFile, { state: "admitted", succeeds, key: signingKeyToPem(key), beginnings });
  finishSuccession(directory);
}

/** Puts the new installation in the place of the old one, once it is admitted. May be interrupted anywhere and called again. */
export function finishSuccession(directory: StateDirectory): void {
  const stored = directory.read(successionFile);
  if (stored?.state !== "admitted") return;
  const { session, consent, schedule, installation } = stored.beginnings;
  keepForThePerson(directory, consent);
  directory.write(acknowledgedFile, nothingAcknowledged);
  directory.writeBytes("device.key", stored.key);
  directory.write(sessionFile, session);
  directory.write(counterFile, { counter: 0, nonce: null });
  directory.write(consentFile, consent);
  directory.write(scheduleFile, schedule);
  directory.write(installationFile, installation);
  directory.remove(successionFile);
}

/** What the server had acknowledged to the old installation is its person's to see, and is used for nothing. */
function keepForThePerson(directory: StateDirectory, { grants }: Consent): void {
  const acknowledged = directory.read(acknowledgedFile);
  if (acknowledged && Object.keys(acknowledged.sections).length > 0)
    directory.write(formerlyAcknowledgedFile, withoutUngranted(acknowledged, grants));
}
