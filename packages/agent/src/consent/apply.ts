/** The one place where consent changes on the device: the new list is kept, what it no longer covers is gone at once. */
import {
  allSections,
  type Category,
  type ConsentRequest,
  type Giver,
  type Grant,
  isConsented,
  isGranted,
} from "@rollcall/protocol";
import { forgetPlaces } from "../location/whereabouts.ts";
import type { EnrolledState } from "../state/enrolled-state.ts";
import { type Acknowledged, type Consent, failuresFile, unlinkedFile } from "../state/files.ts";
import { agreedAfter, agreedFile, readAgreed } from "./agreed.ts";
import { addToHistory, changesBetween, historyFile } from "./history.ts";

type ConsentState = Pick<EnrolledState, "consent" | "acknowledged" | "formerlyAcknowledged">;
type ChangingState = ConsentState & Pick<EnrolledState, "installation" | "directory">;

/**
 * Puts a changed list in force; it is sent with the next check-in, before anything else. `giver` is who changes it. What
 * is granted counts as agreed to with all that the catalogue holds of it now.
 */
export function changeConsent(state: ChangingState, grants: readonly Grant[], giver: Giver): void {
  if (isCompletelyWithdrawn(state, grants)) state.directory.write(unlinkedFile, { isUnlinked: true });
  const { acknowledgedNumber, grants: before, withdrawn = [] } = state.consent.value;
  const kept = new Set(grants.map(({ category }) => category));
  const gone = before.map(({ category }) => category).filter((category) => !kept.has(category));
  state.consent.replace({
    consentNumber: acknowledgedNumber + 1,
    acknowledgedNumber,
    grants: [...grants],
    withdrawn: [...new Set([...withdrawn, ...gone])],
  });
  forgetPlaces(state.directory, before, grants);
  forgetUngranted(state, withoutWithdrawn);
  if (!kept.has("diagnostics")) state.directory.remove(failuresFile);
  const { directory } = state;
  const changes = changesBetween(before, grants, giver);
  const granted = changes.flatMap(({ did, category }) => (did === "granted" ? [category] : []));
  agreeTo(directory, grants, granted);
  addToHistory(directory, changes);
}

/** What a new installation begins with; whatever a former one left is another's. */
export function beginConsent(directory: ChangingState["directory"], grants: readonly Grant[]): void {
  directory.remove(agreedFile);
  directory.remove(historyFile);
  agreeTo(directory, grants, []);
  addToHistory(
    directory,
    grants.map((grant) => ({ did: "granted", ...grant })),
  );
}

/** Agrees to what the catalogue holds of these categories now. */
export function agreeTo(
  directory: ChangingState["directory"],
  grants: readonly Grant[],
  categories: readonly Category[],
): void {
  const agreed = agreedAfter(readAgreed(directory), grants, categories);
  directory.write(
    agreedFile,
    Object.fromEntries(Object.entries(agreed).map(([name, paths]) => [name, [...paths]])),
  );
}

/** Whether nothing is left of what a person had agreed to. */
function isCompletelyWithdrawn({ consent, installation }: ChangingState, grants: readonly Grant[]): boolean {
  return (
    installation.value.ownership === "personal" &&
    consent.value.grants.some(isConsented) &&
    !grants.some(isConsented)
  );
}

/**
 * What has to be sent before the present list: it without the categories that were withdrawn and granted again, for
 * withdrawing deletes what the server has, and what was granted anew is another grant. Null where there is none.
 */
export function listBefore({ consentNumber, grants, withdrawn = [] }: Consent): ConsentRequest | null {
  const left = grants.filter(({ category }) => !withdrawn.includes(category));
  return left.length < grants.length ? { consentNumber, grants: left } : null;
}

/** After the server's receipt for that one: the present list has the number after it. */
export function listBeforeAcknowledged({ consent }: ConsentState): void {
  const { consentNumber, grants } = consent.value;
  consent.replace({ consentNumber: consentNumber + 1, acknowledgedNumber: consentNumber, grants });
}

/** Gives the device's list the number after the one that the server has: the person's own choice goes on. */
export function renumberConsent({ consent }: ConsentState, storedNumber: number): void {
  consent.replace({
    ...consent.value,
    consentNumber: storedNumber + 1,
    acknowledgedNumber: Math.min(storedNumber, consent.value.acknowledgedNumber),
  });
}

/**
 * After the server's receipt for the present list. The server forgot every section that is not granted, whatever
 * its status; the two states stay equal when the agent does so too, and before it calls the list acknowledged.
 */
export function consentAcknowledged(state: ConsentState): void {
  forgetUngranted(state, withoutUngranted);
  const { consentNumber, grants } = state.consent.value;
  state.consent.replace({ consentNumber, acknowledgedNumber: consentNumber, grants });
}

export const isPending = ({ consentNumber, acknowledgedNumber }: Consent): boolean =>
  consentNumber !== acknowledgedNumber;

type Forget = (acknowledged: Acknowledged, grants: readonly Grant[]) => Acknowledged;

function forgetUngranted(
  { consent, acknowledged, formerlyAcknowledged }: ConsentState,
  forgetting: Forget,
): void {
  const size = ({ sections, readings, refused }: Acknowledged) =>
    [sections, readings, refused].reduce((sum, part) => sum + Object.keys(part).length, 0);
  for (const stored of [acknowledged, formerlyAcknowledged]) {
    const after = forgetting(stored.value, consent.value.grants);
    if (size(after) < size(stored.value)) stored.replace(after);
  }
}

/** Documents, readings and refusals of granted sections only. */
export const withoutUngranted: Forget = (acknowledged, grants) => without(acknowledged, ungranted(grants));

/**
 * The same before the server has the list: that a section was not consented to holds nothing and stays, for the server
 * keeps it, too, where the category is granted by the time that it hears of the list.
 */
const withoutWithdrawn: Forget = (acknowledged, grants) =>
  without(
    acknowledged,
    ungranted(grants).filter((name) => acknowledged.sections[name]?.status !== "not-consented"),
  );

const ungranted = (grants: readonly Grant[]): string[] =>
  allSections.filter((definition) => !isGranted(definition, grants)).map(({ name }) => name);

function without({ sections, readings, refused }: Acknowledged, names: readonly string[]): Acknowledged {
  const gone = new Set(names);
  const kept = <T>(part: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(part).filter(([name]) => !gone.has(name)));
  return { sections: kept(sections), readings: kept(readings), refused: kept(refused) };
}
