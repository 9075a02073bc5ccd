/** `rollcall-agent consent`: what is granted, on which basis, on whose word; granting more, and withdrawing. */
import { type ExitCode, exitCodes } from "@rollcall/host";
import {
  basisWithoutAsking,
  type Category,
  categoryDefinition,
  categoryNames,
  type Grant,
} from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";
import { changeConsent, isPending } from "../consent/apply.ts";
import { type ConsentChange, grant, withdraw } from "../consent/change.ts";
import { giverOf } from "../consent/giver.ts";
import { readTypedList } from "../consent/typed-list.ts";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation, type EnrolledState, readEnrolledState } from "../state/enrolled-state.ts";
import { type Consent, consentFile, type Installation } from "../state/files.ts";
import { withLock } from "../state/lock.ts";
import type { Context } from "./context.ts";

export function listConsent(context: Context): ExitCode {
  const directory = new StateDirectory(context.stateDirectory);
  const installation = demandInstallation(directory);
  const consent = directory.demand(consentFile);
  context.output.json(asJson(installation, consent));
  tell(context, installation, consent);
  return exitCodes.done;
}

export async function changeConsentCommand(
  context: Context,
  verb: "grant" | "withdraw",
  typed: string,
): Promise<ExitCode> {
  const wishes = readTypedList(typed);
  const directory = new StateDirectory(context.stateDirectory);
  demandInstallation(directory);
  return withLock(directory, () => {
    const { now, random } = context;
    const state = readEnrolledState(directory, { now: now(), random });
    const { ownership, policy } = state.installation.value;
    const { grants } = state.consent.value;
    const change =
      verb === "grant"
        ? grant(grants, wishes, ownership, giverOf(context, policy))
        : withdraw(grants, wishes, ownership);
    return apply(context, verb, state, change, wishes.length);
  });
}

function apply(
  context: Context,
  verb: "grant" | "withdraw",
  state: EnrolledState,
  { grants, changed, leftOut }: ConsentChange,
  asked: number,
): ExitCode {
  const installation = state.installation.value;
  for (const name of leftOut) context.output.note(`${name}: ${whyNot(verb, name, installation)}`);
  if (leftOut.length === asked)
    throw new AgentError(
      "basis",
      verb === "grant" ? "nothing could be granted" : "nothing could be withdrawn",
    );
  if (changed.length > 0) changeConsent(state, grants);
  const { output } = context;
  const after = state.consent.value;
  output.json({ ...asJson(installation, after), changed, leftOut });
  if (changed.length === 0) output.line("Nothing to change.");
  else output.line(`${verb === "grant" ? "Granted" : "Withdrawn"}: ${changed.join(", ")}.`);
  output.line(`Granted now: ${after.grants.map(({ category }) => category).join(", ")}.`);
  tellPending(context, after);
  return exitCodes.done;
}

/** Why this caller cannot do that with a category, and whom to ask. */
export function whyNot(verb: "grant" | "withdraw", name: Category, installation: Installation): string {
  const { ownership, organisation } = installation;
  const whom = organisation.contact === "" ? "the organisation" : organisation.contact;
  if (verb === "grant") {
    return `on an organisation's device this needs the organisation's purpose first; ask ${whom}`;
  }
  const basis = basisWithoutAsking(name, ownership);
  return `cannot be withdrawn, for it rests on ${basisInWords(basis)} and not on consent; ask ${whom}`;
}

const basisInWords = (basis: string | null): string => (basis ?? "consent").replaceAll("-", " ");

const asJson = ({ ownership }: Installation, consent: Consent) => ({
  consentNumber: consent.consentNumber,
  pending: isPending(consent),
  ownership,
  grants: consent.grants,
});

function tellPending({ output }: Context, consent: Consent): void {
  if (isPending(consent))
    output.line("The change is in force here and goes to the server with the next check-in.");
}

function tell(context: Context, installation: Installation, consent: Consent): void {
  const { output } = context;
  const { grants } = consent;
  const byCategory = new Map<Category, Grant>(grants.map((given) => [given.category, given]));
  output.table(categoryNames, [
    { title: "CATEGORY", value: (name) => name },
    { title: "GRANTED", value: (name) => granted(byCategory.get(name)) },
    { title: "PURPOSES", value: (name) => byCategory.get(name)?.purposes.join(", ") },
    { title: "BASIS", value: (name) => basisOf(byCategory.get(name)) },
    { title: "BY", value: (name) => byCategory.get(name)?.by },
    { title: "SINCE", value: (name) => byCategory.get(name)?.at.slice(0, 10) },
    { title: "HOLDS", value: (name) => categoryDefinition(name).holds },
  ]);
  tellPending(context, consent);
  if (grants.some(({ policyDigest }) => policyDigest !== installation.policy.digest))
    output.line("The privacy policy has changed since some of this was granted.");
}

const granted = (given: Grant | undefined): string => (given ? (given.level ?? "yes") : "no");
const basisOf = (given: Grant | undefined): string | undefined => given && basisInWords(given.basis);
