/** `rollcall-agent consent`: what is granted, on which basis, on whose word; granting more, and withdrawing. */
import { type ExitCode, exitCodes } from "@rollcall/host";
import {
  basisWithoutAsking,
  type Category,
  categoryDefinition,
  categoryNames,
  type Grant,
} from "@rollcall/protocol";
import { AgentError, isAgentError } from "../agent-error.ts";
import { changeConsent, isPending } from "../consent/apply.ts";
import { type ConsentChange, grant, withdraw } from "../consent/change.ts";
import { giverOf } from "../consent/giver.ts";
import { applyLeftWithdrawals, consentNow, leaveWithdrawal } from "../consent/left-withdrawals.ts";
import { readTypedList, type TypedWish } from "../consent/typed-list.ts";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation, readEnrolledState } from "../state/enrolled-state.ts";
import type { Consent, Installation } from "../state/files.ts";
import { withLock } from "../state/lock.ts";
import type { Context } from "./context.ts";
import { recorded } from "./recorded.ts";

export function listConsent(context: Context): ExitCode {
  const directory = new StateDirectory(context.stateDirectory);
  const installation = demandInstallation(directory);
  const consent = consentNow(directory, installation);
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
  const words = verb === "grant" ? "granted" : "withdrawn";
  return recorded(
    context,
    `consent ${verb}`,
    () => changeTyped(context, verb, wishes),
    () => `${words}: ${wishes.map(({ category }) => category).join(", ")}`,
  );
}

async function changeTyped(
  context: Context,
  verb: "grant" | "withdraw",
  wishes: readonly TypedWish[],
): Promise<ExitCode> {
  const directory = new StateDirectory(context.stateDirectory);
  demandInstallation(directory);
  const change = () => changeLocked(context, directory, verb, wishes);
  if (verb === "grant") return withLock(directory, change);
  try {
    return await withLock(directory, change, { patience: withdrawalPatience });
  } catch (error) {
    if (!isAgentError(error, "state-locked")) throw error;
    return leave(context, directory, wishes);
  }
}

/** How long a withdrawal waits for another command; then it is left for that one to find. */
const withdrawalPatience = 1_000;

function changeLocked(
  context: Context,
  directory: StateDirectory,
  verb: "grant" | "withdraw",
  wishes: readonly TypedWish[],
): ExitCode {
  const { now, random } = context;
  const state = readEnrolledState(directory, { now: now(), random });
  applyLeftWithdrawals(directory, state);
  const installation = state.installation.value;
  const { grants } = state.consent.value;
  const change =
    verb === "grant"
      ? grant(grants, wishes, installation, giverOf(context, installation.policy))
      : withdraw(grants, wishes, installation.ownership);
  demandSome(context, verb, change, wishes.length, installation);
  if (change.changed.length > 0) changeConsent(state, change.grants);
  const after = state.consent.value;
  tellChange(context, verb, installation, after, change);
  tellPending(context, after);
  return exitCodes.done;
}

/** Withdraws while another command holds the state: it takes notice before it sends anything more. */
function leave(context: Context, directory: StateDirectory, wishes: readonly TypedWish[]): ExitCode {
  const installation = demandInstallation(directory);
  const consent = consentNow(directory, installation);
  const change = withdraw(consent.grants, wishes, installation.ownership);
  demandSome(context, "withdraw", change, wishes.length, installation);
  if (change.changed.length > 0) leaveWithdrawal(directory, wishes);
  tellChange(context, "withdraw", installation, consentNow(directory, installation), change);
  context.output.line("A check-in that is running takes notice before it sends anything more.");
  return exitCodes.done;
}

/** Names what could not be done; throws `basis` when nothing could. */
function demandSome(
  { output }: Context,
  verb: "grant" | "withdraw",
  { leftOut, changed }: ConsentChange,
  asked: number,
  installation: Installation,
): void {
  for (const name of leftOut) output.note(`${name}: ${whyNot(verb, name, installation)}`);
  if (leftOut.length < asked || changed.length > 0) return;
  throw new AgentError("basis", verb === "grant" ? "nothing could be granted" : "nothing could be withdrawn");
}

function tellChange(
  { output }: Context,
  verb: "grant" | "withdraw",
  installation: Installation,
  after: Consent,
  { changed, leftOut }: ConsentChange,
): void {
  output.json({ ...asJson(installation, after), changed, leftOut });
  if (changed.length === 0) output.line("Nothing to change.");
  else output.line(`${verb === "grant" ? "Granted" : "Withdrawn"}: ${changed.join(", ")}.`);
  const granted = new Set(after.grants.map(({ category }) => category));
  output.line(`Granted now: ${[...granted].join(", ")}.`);
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

const asJson = ({ ownership, asks }: Installation, consent: Consent) => ({
  consentNumber: consent.consentNumber,
  pending: isPending(consent),
  ownership,
  grants: consent.grants,
  asks,
});

function tellPending({ output }: Context, consent: Consent): void {
  if (isPending(consent))
    output.line("The change is in force here and goes to the server with the next check-in.");
}

function tell(context: Context, installation: Installation, consent: Consent): void {
  const { output } = context;
  const { grants } = consent;
  const rows = categoryNames.flatMap((name): Row[] => {
    const given = grants.filter(({ category }) => category === name);
    return given.length > 0 ? given.map((each) => ({ name, given: each })) : [{ name }];
  });
  const asked = new Set(installation.asks.map(({ category }) => category));
  output.table(rows, [
    { title: "CATEGORY", value: ({ name }) => name },
    { title: "GRANTED", value: ({ name, given }) => granted(given, asked.has(name)) },
    { title: "PURPOSES", value: ({ given }) => given?.purposes.join(", ") },
    { title: "BASIS", value: ({ given }) => given && basisInWords(given.basis) },
    { title: "BY", value: ({ given }) => given?.by },
    { title: "SINCE", value: ({ given }) => given?.at.slice(0, 10) },
    { title: "HOLDS", value: ({ name }) => categoryDefinition(name).holds },
  ]);
  tellPending(context, consent);
  if (grants.some(({ policyDigest }) => policyDigest !== installation.policy.digest))
    output.line("The privacy policy has changed since some of this was granted.");
}

interface Row {
  readonly name: Category;
  readonly given?: Grant;
}

function granted(given: Grant | undefined, isAsked: boolean): string {
  if (given) return given.level ?? "yes";
  return isAsked ? "no, asked for" : "no";
}
