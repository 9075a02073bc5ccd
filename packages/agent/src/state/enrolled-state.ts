/** The state of an enrolled device, all of it read and checked at once. */
import { AgentError } from "../agent-error.ts";
import { firstSchedule, type Instant, interval, type Random, type Schedule } from "../schedule.ts";
import { type StateDirectory, type StateFile, Stored } from "./directory.ts";
import {
  type Acknowledged,
  acknowledgedFile,
  type Consent,
  consentFile,
  counterFile,
  formerlyAcknowledgedFile,
  type Installation,
  installationFile,
  nothingAcknowledged,
  type Receipts,
  receiptsFile,
  scheduleFile,
} from "./files.ts";

/** The installation, null when this device is not enrolled. */
export function readInstallation(directory: StateDirectory): Installation | null {
  const installation = directory.read(installationFile);
  return installation?.state === "enrolled" ? installation : null;
}

export function demandInstallation(directory: StateDirectory): Installation {
  const installation = readInstallation(directory);
  if (installation) return installation;
  throw new AgentError(
    "not-enrolled",
    "this device is not enrolled; `rollcall-agent enrol STRING` does it, `rollcall-agent show` tells what there would be to see",
  );
}

export interface EnrolledState {
  readonly directory: StateDirectory;
  readonly installation: Stored<Installation>;
  readonly consent: Stored<Consent>;
  readonly counter: Stored<{ readonly counter: number; readonly nonce: string | null }>;
  readonly acknowledged: Stored<Acknowledged>;
  /** Of the installation that this one succeeds. */
  readonly formerlyAcknowledged: Stored<Acknowledged>;
  readonly receipts: Stored<Receipts>;
  readonly schedule: Stored<Schedule>;
}

/**
 * Reads the state; the caller holds the lock if it is going to write. What the next check-in makes anew may be
 * missing; what may not is `state-broken`, for without its consent or its counter a device must not go on.
 */
export function readEnrolledState(
  directory: StateDirectory,
  { now, random }: { readonly now: Instant; readonly random: Random },
): EnrolledState {
  const stored = <T>(file: StateFile<T>, value: T): Stored<T> =>
    new Stored(value, (next) => directory.write(file, next));
  const read = <T>(file: StateFile<T>, otherwise: T) => stored(file, directory.read(file) ?? otherwise);
  const installation = demandInstallation(directory);
  return {
    directory,
    installation: new Stored<Installation>(installation, (next) => directory.write(installationFile, next)),
    consent: stored(consentFile, directory.demand(consentFile)),
    counter: stored(counterFile, directory.demand(counterFile)),
    acknowledged: read(acknowledgedFile, nothingAcknowledged),
    formerlyAcknowledged: read(formerlyAcknowledgedFile, nothingAcknowledged),
    receipts: read(receiptsFile, { sections: [], consent: [], deletions: [] }),
    schedule: read(scheduleFile, firstSchedule(now, interval.usual, random)),
  };
}
