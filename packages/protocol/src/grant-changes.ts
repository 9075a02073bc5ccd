/** What happened between two lists of grants: one account of it for the device's own history and the server's. */
import { type Grant, isConsented } from "./consent.ts";
import { canonical } from "./json.ts";

export interface GrantChange {
  readonly did: "granted" | "withdrawn";
  /** The grant as it was given; of one that was taken back, with the purposes that it was taken back for. */
  readonly grant: Grant;
}

/** Withdrawals first. A grant that only lost purposes was not given anew; any other difference is a new grant. */
export function grantChanges(before: readonly Grant[], after: readonly Grant[]): GrantChange[] {
  const withdrawn = before.flatMap((was): GrantChange[] => {
    const purposes = purposesBeyond(was, counterpart(was, after));
    return purposes.length > 0 ? [{ did: "withdrawn", grant: { ...was, purposes } }] : [];
  });
  const granted = after.flatMap((is): GrantChange[] => {
    const was = counterpart(is, before);
    const isNew = !was || purposesBeyond(is, was).length > 0 || terms(is) !== terms(was);
    return isNew ? [{ did: "granted", grant: is }] : [];
  });
  return [...withdrawn, ...granted];
}

/** Of a category one grant may stand on consent, and one on another basis. */
const counterpart = (grant: Grant, list: readonly Grant[]): Grant | undefined =>
  list.find((each) => each.category === grant.category && isConsented(each) === isConsented(grant));

const purposesBeyond = ({ purposes }: Grant, other: Grant | undefined) =>
  purposes.filter((purpose) => !other?.purposes.includes(purpose));

const terms = ({ purposes: _, ...others }: Grant): string => canonical(others);
