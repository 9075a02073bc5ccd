/** What granting and withdrawing make of a list of grants. Pure; what cannot be done is named, the rest is done. */
import {
  basisWithoutAsking,
  type Category,
  type Giver,
  type Grant,
  grantOf,
  isGrantableUnasked,
  type Ownership,
  purposes,
  type Wish,
  withGrants,
} from "@rollcall/protocol";
import type { TypedWish } from "./typed-list.ts";

export interface ConsentChange {
  readonly grants: readonly Grant[];
  /** Categories whose grant is another now. */
  readonly changed: readonly Category[];
  /** Categories that were named and could not be granted or withdrawn by this caller. */
  readonly leftOut: readonly Category[];
}

/**
 * Grants, for the person at the device, what is wished: purposes are added to those granted already, a level
 * replaces the one before. On an organisation's device what has no basis of its own needs the organisation's purpose
 * first.
 */
export function grant(
  grants: readonly Grant[],
  wishes: readonly Wish[],
  ownership: Ownership,
  giver: Giver,
): ConsentChange {
  const added = wishes
    .filter((wish) => isGrantableHere(wish, ownership))
    .flatMap((wish) => {
      const before = grants.find(({ category }) => category === wish.category);
      const united = purposes.filter(
        (purpose) => wish.purposes.includes(purpose) || before?.purposes.includes(purpose),
      );
      if (before?.level === wish.level && before?.purposes.length === united.length) return [];
      return [grantOf({ ...wish, purposes: united }, ownership, giver)];
    });
  return {
    grants: withGrants(grants, added),
    changed: added.map(({ category }) => category),
    leftOut: wishes.filter((wish) => !isGrantableHere(wish, ownership)).map(({ category }) => category),
  };
}

const isGrantableHere = (wish: Wish, ownership: Ownership): boolean =>
  ownership === "personal" || isGrantableUnasked(wish, ownership);

/**
 * Withdraws whole categories, or only the purposes that were named. What stands on another basis than consent
 * cannot be withdrawn; what is not granted needs nothing.
 */
export function withdraw(
  grants: readonly Grant[],
  wishes: readonly TypedWish[],
  ownership: Ownership,
): ConsentChange {
  const stands = ({ category }: Wish) => basisWithoutAsking(category, ownership) !== null;
  const withdrawn = new Map(
    wishes.filter((wish) => !stands(wish)).map((wish) => [wish.category, wish] as const),
  );
  const left = grants.flatMap((given) => {
    const wish = withdrawn.get(given.category);
    if (!wish) return [given];
    const kept = wish.purposesNamed
      ? given.purposes.filter((purpose) => !wish.purposes.includes(purpose))
      : [];
    return kept.length > 0 ? [{ ...given, purposes: kept }] : [];
  });
  const purposesOf = (list: readonly Grant[], name: Category) =>
    list.find(({ category }) => category === name)?.purposes.length ?? 0;
  return {
    grants: withGrants([], left),
    changed: [...withdrawn.keys()].filter((name) => purposesOf(grants, name) !== purposesOf(left, name)),
    leftOut: wishes.filter(stands).map(({ category }) => category),
  };
}
