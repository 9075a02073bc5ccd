/** What granting and withdrawing make of a list of grants. Pure; what cannot be done is named, the rest is done. */
import {
  basisWithoutAsking,
  type Category,
  finenessOf,
  type Giver,
  type Grant,
  grantOf,
  isAskedFor,
  isConsented,
  isGrantableUnasked,
  type Ownership,
  type Purpose,
  purposes,
  usualPurposes,
  type Wish,
  withGrants,
} from "@rollcall/protocol";
import type { TypedWish } from "./typed-list.ts";

export interface ConsentChange {
  readonly grants: readonly Grant[];
  /** Categories of which something else is granted now. */
  readonly changed: readonly Category[];
  /** Categories that were named and could not be granted or withdrawn by this caller, or not all of it. */
  readonly leftOut: readonly Category[];
}

/** Whose device it is, and what the organisation has a purpose for there. */
export interface Terms {
  readonly ownership: Ownership;
  readonly asks: readonly Wish[];
}

/**
 * Grants, for the person at the device, what is wished: purposes are added to those granted already, a level
 * replaces the one before. On an organisation's device what has no basis of its own needs the organisation's purpose
 * first. What is in `renewed` is granted anew, though it be granted already. Purposes that are always asked for stand beside what is not, so that they can be taken back alone.
 */
export function grant(
  grants: readonly Grant[],
  wishes: readonly TypedWish[],
  terms: Terms,
  giver: Giver,
  renewed: ReadonlySet<Category> = new Set(),
): ConsentChange {
  const within = wishes.map((wish) => [wish, asFarAsAsked(wish, terms)] as const);
  const added = within.flatMap(([, wish]) =>
    wish ? additions(grants, wish, { ...terms, giver, isRenewed: renewed.has(wish.category) }) : [],
  );
  return {
    grants: withGrants(grants, added),
    changed: [...new Set(added.map(({ category }) => category))],
    leftOut: within.flatMap(([{ category, purposes: of }, wish]) =>
      wish?.purposes.length === of.length ? [] : [category],
    ),
  };
}

/** The part of a wish that may be granted here; null where none of it may. */
function asFarAsAsked(wish: Wish, { ownership, asks }: Terms): Wish | null {
  if (ownership === "personal" || isGrantableUnasked(wish, ownership)) return wish;
  const asked = wish.purposes.filter((purpose) => isAskedFor({ ...wish, purposes: [purpose] }, asks));
  return asked.length > 0 ? { ...wish, purposes: asked } : null;
}

interface Granting {
  readonly ownership: Ownership;
  readonly giver: Giver;
  readonly isRenewed: boolean;
}

/** The grants that a wish makes of what there is; none where all of it is granted. */
function additions(grants: readonly Grant[], wish: Wish, { ownership, giver, isRenewed }: Granting): Grant[] {
  const given = grants.filter(({ category }) => category === wish.category);
  const isStanding = isGrantableUnasked(wish, ownership);
  const asked = isStanding ? wish.purposes.filter((purpose) => !usualPurposes.includes(purpose)) : [];
  const usual = wish.purposes.filter((purpose) => !asked.includes(purpose));
  const granted = new Set(given.flatMap((each) => each.purposes));
  const beside = asked.filter((purpose) => !granted.has(purpose));
  const before = given.find((each) => isConsented(each) !== isStanding);
  const consented = given.find(isConsented);
  return [
    ...(usual.length > 0 && !(isSame(before, wish, usual) && (isStanding || !isRenewed))
      ? [grantOf({ ...wish, ...recipientsOf(before), purposes: united(usual, before) }, ownership, giver)]
      : []),
    ...(beside.length > 0 ? [consentTo(wish.category, united(beside, consented), giver)] : []),
  ];
}

/** They were agreed to by themselves, and stay until that is taken back. */
const recipientsOf = (before: Grant | undefined): Pick<Grant, "recipients"> =>
  before?.recipients === undefined ? {} : { recipients: before.recipients };

const united = (of: readonly Purpose[], before: Grant | undefined): Purpose[] =>
  purposes.filter((purpose) => of.includes(purpose) || before?.purposes.includes(purpose));

const isSame = (before: Grant | undefined, { level }: Wish, of: readonly Purpose[]): boolean =>
  before !== undefined && before.level === level && of.every((purpose) => before.purposes.includes(purpose));

const consentTo = (category: Category, of: readonly Purpose[], giver: Giver): Grant => ({
  category,
  purposes: [...of],
  basis: "consent",
  ...giver,
});

/**
 * Withdraws what was consented to of these categories, or only the purposes that were named. What stands on another
 * basis cannot be withdrawn; what is not granted needs nothing.
 */
export function withdraw(
  grants: readonly Grant[],
  wishes: readonly TypedWish[],
  ownership: Ownership,
): ConsentChange {
  const wished = new Map(wishes.map((wish) => [wish.category, wish] as const));
  const left = grants.flatMap((given) => {
    const wish = wished.get(given.category);
    if (!wish || !isConsented(given)) return [given];
    const kept = wish.purposesNamed
      ? given.purposes.filter((purpose) => !wish.purposes.includes(purpose))
      : [];
    return kept.length > 0 ? [{ ...given, purposes: kept }] : [];
  });
  const extent = (list: readonly Grant[], name: Category) =>
    list.filter(({ category }) => category === name).reduce((sum, given) => sum + given.purposes.length, 0);
  return {
    grants: withGrants([], left),
    changed: [...wished.keys()].filter((name) => extent(grants, name) !== extent(left, name)),
    leftOut: wishes.filter((wish) => stands(grants, wish, ownership)).map(({ category }) => category),
  };
}

/** Whether any of what is to be withdrawn stands on another basis than consent. */
function stands(grants: readonly Grant[], wish: TypedWish, ownership: Ownership): boolean {
  if (basisWithoutAsking(wish.category, ownership) === null) return false;
  const own = grants.find((given) => given.category === wish.category && !isConsented(given));
  if (!own) return false;
  if (finenessOf(wish.level) > finenessOf(own.level)) return false;
  return !wish.purposesNamed || wish.purposes.some((purpose) => own.purposes.includes(purpose));
}
