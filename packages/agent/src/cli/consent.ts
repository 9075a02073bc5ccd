/** `rollcall-agent consent grant` and `withdraw`. */
import { type ExitCode, exitCodes } from "@rollcall/host";
import { basisWithoutAsking, type Category, type Grant } from "@rollcall/protocol";
import { AgentError, isAgentError } from "../agent-error.ts";
import { type NewPart, newParts, readAgreed } from "../consent/agreed.ts";
import { agreeTo, changeConsent } from "../consent/apply.ts";
import { type ConsentChange, grant, withdraw } from "../consent/change.ts";
import { giverOf } from "../consent/giver.ts";
import { applyLeftWithdrawals, consentNow, leaveWithdrawal } from "../consent/left-withdrawals.ts";
import { readTypedList, type TypedWish } from "../consent/typed-list.ts";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation, readEnrolledState } from "../state/enrolled-state.ts";
import type { Consent, Installation } from "../state/files.ts";
import { withLock } from "../state/lock.ts";
import { asJson, basisInWords, tellPending } from "./consent-list.ts";
import type { Context } from "./context.ts";
import { recorded } from "./recorded.ts";
import { tellAtLogin } from "./tell-people.ts";

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
  const giver = giverOf(context, installation.policy);
  const news = newParts(readAgreed(directory), grants);
  const renewed = new Set(news.flatMap(({ category, isAsked }) => (isAsked ? [category] : [])));
  const change =
    verb === "grant"
      ? grant(grants, wishes, installation, giver, renewed)
      : withdraw(grants, wishes, installation.ownership);
  demandSome(context, verb, change, wishes.length, installation);
  if (change.changed.length > 0) changeConsent(state, change.grants, giver);
  if (verb === "grant") agreeToNews(directory, state.consent.value.grants, wishes, news);
  const after = state.consent.value;
  tellChange(context, verb, installation, after, change);
  tellPending(context, after);
  tellAtLogin(context, installation, after.grants);
  return exitCodes.done;
}

/** What was told of an organisation's categories counts as heard by who grants them, though nothing changes by that. */
function agreeToNews(
  directory: StateDirectory,
  grants: readonly Grant[],
  wishes: readonly TypedWish[],
  news: readonly NewPart[],
): void {
  const heard = news.flatMap(({ category }) =>
    wishes.some((wish) => wish.category === category) ? [category] : [],
  );
  if (heard.length > 0) agreeTo(directory, grants, heard);
}

/** Withdraws while another command holds the state: it takes notice before it sends anything more. */
function leave(context: Context, directory: StateDirectory, wishes: readonly TypedWish[]): ExitCode {
  const installation = demandInstallation(directory);
  const consent = consentNow(directory, installation);
  const change = withdraw(consent.grants, wishes, installation.ownership);
  demandSome(context, "withdraw", change, wishes.length, installation);
  if (change.changed.length > 0) {
    leaveWithdrawal(directory, wishes, giverOf(context, installation.policy));
  }
  tellChange(context, "withdraw", installation, consentNow(directory, installation), change);
  context.output.line("A check-in that is running takes notice before it sends anything more.");
  return exitCodes.done;
}

/**
 * Names what could not be done; throws `basis` when nothing could. What is granted already counts as done when it is
 * granted again, what is not granted does not count as withdrawn beside what cannot be.
 */
function demandSome(
  { output }: Context,
  verb: "grant" | "withdraw",
  { leftOut, changed }: ConsentChange,
  asked: number,
  installation: Installation,
): void {
  for (const name of leftOut) output.note(`${name}: ${whyNot(verb, name, installation)}`);
  if (changed.length > 0 || leftOut.length === 0) return;
  if (verb === "grant" && leftOut.length < asked) return;
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
