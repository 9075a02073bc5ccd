/**
 * `rollcall-agent location`: what a person on the device says of its place. Where it is, in place of what sources say;
 * and which geolocation service may be told what is around it, which is a consent of its own.
 */
import { type ExitCode, exitCodes } from "@rollcall/host";
import { type Grant, grantedLocation } from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";
import { changeConsent } from "../consent/apply.ts";
import { giverOf } from "../consent/giver.ts";
import { applyLeftWithdrawals, consentNow } from "../consent/left-withdrawals.ts";
import { demandCell, readRecipient, withRecipient } from "../consent/recipient.ts";
import { locationSettings } from "../location/whereabouts.ts";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation, type EnrolledState, readEnrolledState } from "../state/enrolled-state.ts";
import { type LocationSettings, locationSettingsFile } from "../state/files.ts";
import { withLock } from "../state/lock.ts";
import type { Context } from "./context.ts";
import { recorded } from "./recorded.ts";

export function tellLocation(context: Context): ExitCode {
  const directory = new StateDirectory(context.stateDirectory);
  const { grants } = consentNow(directory, demandInstallation(directory));
  tell(context, grants, locationSettings(directory));
  return exitCodes.done;
}

export function setLocation(context: Context, typed: string): Promise<ExitCode> {
  const place = { ...readPlace(typed), at: context.now() };
  return change(context, "location set", (state) => {
    demandCell(state.consent.value.grants);
    settle(state, { fixed: place });
  });
}

export const clearLocation = (context: Context): Promise<ExitCode> =>
  change(context, "location clear", (state) => settle(state, { fixed: undefined }));

/** `off`, or the service's https address. */
export function setService(
  context: Context,
  typed: string,
  { privateNetwork = false }: { readonly privateNetwork?: boolean },
): Promise<ExitCode> {
  const recipient = typed === "off" ? null : readRecipient(typed);
  return change(context, "location service", (state) =>
    agreeTo(context, state, recipient, privateNetwork && recipient !== null),
  );
}

/** Puts a recipient of the place, or none, into the consent. */
function agreeTo(
  context: Context,
  state: EnrolledState,
  recipient: string | null,
  isPrivateServiceAllowed: boolean,
): void {
  const { ownership, policy } = state.installation.value;
  const giver = giverOf(context, policy);
  changeConsent(state, withRecipient(state.consent.value.grants, recipient, ownership, giver), giver);
  settle(state, { isPrivateServiceAllowed });
}

function settle({ directory }: EnrolledState, changed: Partial<LocationSettings>): void {
  directory.write(locationSettingsFile, { ...locationSettings(directory), ...changed });
}

function change(context: Context, did: string, work: (state: EnrolledState) => void): Promise<ExitCode> {
  const directory = new StateDirectory(context.stateDirectory);
  const locked = () =>
    withLock(directory, () => {
      const state = readEnrolledState(directory, { now: context.now(), random: context.random });
      applyLeftWithdrawals(directory, state);
      work(state);
      tell(context, state.consent.value.grants, locationSettings(directory));
      return exitCodes.done;
    });
  return recorded(context, did, locked, () => "done");
}

/** `LAT,LON` in degrees. */
function readPlace(typed: string): { latitude: number; longitude: number } {
  const [, north, east] = /^(-?\d{1,2}(?:\.\d{1,10})?), ?(-?\d{1,3}(?:\.\d{1,10})?)$/.exec(typed) ?? [];
  const [latitude, longitude] = [Number(north), Number(east)];
  if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return { latitude, longitude };
  throw new AgentError(
    "usage",
    `a place is LATITUDE,LONGITUDE in degrees, such as 48.2082,16.3738, not ${typed}`,
  );
}

function tell({ output }: Context, grants: readonly Grant[], { fixed, ...settings }: LocationSettings): void {
  const told = {
    level: grantedLocation(grants),
    fixed: fixed ? { latitude: fixed.latitude, longitude: fixed.longitude } : null,
    service: grants.flatMap(({ recipients }) => recipients ?? [])[0] ?? null,
    privateNetwork: settings.isPrivateServiceAllowed,
  };
  output.json(told);
  output.line(`level    ${told.level ?? "not granted"}`);
  output.line(`place    ${fixed ? `${fixed.latitude},${fixed.longitude}, as set here` : "looked for"}`);
  output.line(
    `service  ${told.service ?? "none"}${told.service && told.privateNetwork ? ", in a private network" : ""}`,
  );
}
