/** `rollcall-agent status`: where this device stands. Works before enrolment too. */
import { type ExitCode, exitCodes, type Output } from "@rollcall/host";
import { type NewPart, newParts, readAgreed } from "../consent/agreed.ts";
import { isPending } from "../consent/apply.ts";
import { consentNow } from "../consent/left-withdrawals.ts";
import type { Ended, Instant, Schedule } from "../schedule.ts";
import { StateDirectory } from "../state/directory.ts";
import { readInstallation } from "../state/enrolled-state.ts";
import { type Consent, scheduleFile } from "../state/files.ts";
import { usageToday } from "../state/usage.ts";
import { newsInWords } from "./consent-list.ts";
import type { Context } from "./context.ts";

interface AgentStatus {
  readonly installationId: string | null;
  readonly deviceId: string | null;
  readonly enrolled: boolean;
  readonly server: string | null;
  readonly ownership: string | null;
  readonly lastCheckIn: string | null;
  readonly nextCheckIn: string | null;
  readonly consent: {
    readonly consentNumber: number;
    readonly categories: readonly string[];
    /** What a newer catalogue holds of them. */
    readonly new: readonly NewPart[];
  } | null;
  /** What waits for the server: `consent` when a change is not sent, `check-in` when the last one did not get through. */
  readonly pending: readonly string[];
  /** Why the server takes no check-ins of this device any more; null where it does. */
  readonly ended: Ended | null;
  readonly bytesToday: number;
  readonly cpuSecondsToday: number;
}

export function statusCommand(context: Context): ExitCode {
  const directory = new StateDirectory(context.stateDirectory);
  const status = statusOf(directory, context.now());
  context.output.json(status);
  tell(context.output, status, context.stateDirectory);
  for (const words of newsInWords(status.consent?.new ?? [])) context.output.line(words);
  return exitCodes.done;
}

function statusOf(directory: StateDirectory, now: Instant): AgentStatus {
  const installation = readInstallation(directory);
  if (!installation) return notEnrolled;
  const schedule = directory.read(scheduleFile);
  const consent = consentNow(directory, installation);
  const { bytes, cpuSeconds } = usageToday(directory, now);
  return {
    installationId: installation.installation,
    deviceId: installation.device,
    enrolled: true,
    server: installation.url,
    ownership: installation.ownership,
    lastCheckIn: isoTime(schedule?.lastCheckInAt),
    nextCheckIn: isoTime(schedule?.nextAt),
    consent: {
      consentNumber: consent.consentNumber,
      categories: [...new Set(consent.grants.map(({ category }) => category))],
      new: newParts(readAgreed(directory), consent.grants),
    },
    pending: pendingIn(consent, schedule),
    ended: schedule?.ended ?? null,
    bytesToday: bytes,
    cpuSecondsToday: cpuSeconds,
  };
}

const notEnrolled: AgentStatus = {
  installationId: null,
  deviceId: null,
  enrolled: false,
  server: null,
  ownership: null,
  lastCheckIn: null,
  nextCheckIn: null,
  consent: null,
  pending: [],
  ended: null,
  bytesToday: 0,
  cpuSecondsToday: 0,
};

const isoTime = (at: Instant | null | undefined): string | null =>
  at == null ? null : new Date(at).toISOString();

function pendingIn(consent: Consent, schedule: Schedule | undefined): string[] {
  return [
    ...(isPending(consent) ? ["consent"] : []),
    ...(schedule && schedule.failures > 0 ? ["check-in"] : []),
  ];
}

const endedInWords: Readonly<Record<Ended, string>> = {
  deleted: "deleted on the server; rollcall-agent enrol STRING enrols this device anew",
  retired: "retired by the organisation; it asks once a week whether it may check in again",
};

function tell(output: Output, status: AgentStatus, stateDirectory: string): void {
  const { bold, green, yellow } = output.colour;
  if (!status.enrolled) {
    output.line(yellow("not enrolled"), ` (state: ${stateDirectory})`);
    return;
  }
  const rows: readonly (readonly [string, string | number | null])[] = [
    ["installation", status.installationId],
    ["device", status.deviceId],
    ["ownership", status.ownership],
    ["server", status.server],
    ["state", stateDirectory],
    ["last check-in", status.lastCheckIn ?? "none yet"],
    ["next check-in", status.nextCheckIn],
    ["granted", status.consent?.categories.join(", ") ?? null],
    ["waiting", status.pending.join(", ") || "nothing"],
    ["today", `${status.bytesToday} bytes on the wire, ${status.cpuSecondsToday} s of processor`],
  ];
  if (status.ended) output.line(yellow(`enrolled, but ${endedInWords[status.ended]}`));
  else output.line(green("enrolled"));
  for (const [name, value] of rows) output.line(bold(name.padEnd(14)), String(value ?? "-"));
}
