/**
 * Consent as values: grants, the lists people type, and the one question asked before anything is collected,
 * sent or stored: does a grant cover this section?
 */
import { z } from "zod";
import {
  type Basis,
  bases,
  basisWithoutAsking,
  type Category,
  categoryDefinition,
  categoryNames,
  isCategory,
  type LocationLevel,
  locationLevels,
  type Ownership,
  type Purpose,
  purposes,
} from "./categories.ts";
import { type Digest, digestOf, digestSchema } from "./digest.ts";
import type { SectionDefinition } from "./section.ts";

export const recipientSchema = z
  .url({ protocol: /^https$/, hostname: /./ })
  .max(512)
  .refine((text) => text.isWellFormed(), { error: "holds a lone surrogate" });

export const grantSchema = z
  .strictObject({
    category: z.string().refine(isCategory, { error: "not a category", abort: true }),
    level: z.enum(locationLevels).optional(),
    /** Services outside that are told some of it on the device's way to know it: of the place alone, by https addresses. */
    recipients: z.array(recipientSchema).min(1).max(4).optional(),
    purposes: z
      .array(z.enum(purposes))
      .min(1)
      .max(purposes.length)
      .refine((named) => new Set(named).size === named.length, { error: "a purpose is named twice" }),
    basis: z.enum(bases),
    /** The OS account that gave it. */
    by: z.string().min(1).max(256),
    /** Whether a person was asked at a terminal or page when it was given. */
    interactive: z.boolean(),
    at: z.iso.datetime().max(32),
    /** The policy text and catalogue that it was given under. */
    policyDigest: digestSchema,
  })
  .refine(({ category, level }) => level === undefined || categoryDefinition(category).levels !== undefined, {
    error: "the category has no levels",
    path: ["level"],
  })
  .refine(({ category, recipients }) => recipients === undefined || category === "location", {
    error: "the category has no recipients",
    path: ["recipients"],
  });
export type Grant = z.infer<typeof grantSchema>;

/** Whether it was somebody's to refuse, and is theirs to take back. */
export const isConsented = ({ basis }: Pick<Grant, "basis">): boolean => basis === "consent";

/** Of a category there may be one on the ownership's own basis and one that a person consented to. */
const grantKey = (grant: Grant): string => `${grant.category} ${isConsented(grant)}`;

/** All grants of an installation. */
export const grantsSchema = z
  .array(grantSchema)
  .max(2 * categoryNames.length)
  .refine((grants) => new Set(grants.map(grantKey)).size === grants.length, {
    error: "two grants name one category",
  });

export const grantsDigest = (grants: readonly Grant[]): Digest => digestOf(grants);

/** What somebody wants to grant, or to be granted, before it is known on which basis. */
export interface Wish {
  readonly category: Category;
  readonly level?: LocationLevel | undefined;
  readonly recipients?: readonly string[] | undefined;
  readonly purposes: readonly Purpose[];
}

export const wishesSchema = z
  .array(
    z.object({
      category: z.enum(categoryNames),
      level: z.enum(locationLevels).optional(),
      purposes: z.array(z.enum(purposes)).max(purposes.length),
    }),
  )
  .max(categoryNames.length);

/** The purposes of a grant when none is said; `support` and `trends` are always asked for by name. */
export const usualPurposes: readonly Purpose[] = ["inventory", "security"];

const wishFor = (category: Category, level?: LocationLevel): Wish => {
  const chosen = level ?? categoryDefinition(category).levels?.[0];
  return { category, purposes: usualPurposes, ...(chosen === undefined ? {} : { level: chosen }) };
};

/** Lists by name: what a word in the place of categories stands for. */
const namedLists: Readonly<Record<string, readonly Category[]>> = {
  minimal: ["essential"],
  inventory: ["essential", "hardware", "system", "software", "network"],
  full: categoryNames,
  all: categoryNames,
};

/**
 * Reads `CATEGORY[=LEVEL][:PURPOSE+PURPOSE],…` or one of `minimal`, `inventory`, `full`, `all`.
 * A wrong list yields the error for the person who typed it.
 */
export function readGrantList(typed: string): readonly Wish[] | { readonly error: string } {
  const named = Object.hasOwn(namedLists, typed.trim()) ? namedLists[typed.trim()] : undefined;
  if (named) return named.map((category) => wishFor(category));
  const wishes: Wish[] = [];
  for (const part of typed.split(",").map((text) => text.trim())) {
    const wish = readWish(part);
    if ("error" in wish) return wish;
    if (wishes.some(({ category }) => category === wish.category))
      return { error: `${wish.category} is named twice` };
    wishes.push(wish);
  }
  return wishes;
}

function readWish(part: string): Wish | { readonly error: string } {
  const match = /^([a-z-]+)(?:=([a-z]+))?(?::([a-z+]+))?$/.exec(part);
  const [, category = "", level, purposeList] = match ?? [];
  if (!isCategory(category))
    return { error: `"${part}" names no category; there are ${categoryNames.join(", ")}` };
  const { levels } = categoryDefinition(category);
  const knownLevel = levels?.find((known) => known === level);
  if (level !== undefined && knownLevel === undefined)
    return { error: `${category} has ${levels ? `the levels ${levels.join(", ")}` : "no levels"}` };
  const wish = wishFor(category, knownLevel);
  if (purposeList === undefined) return wish;
  const named = purposeList.split("+");
  const chosen = purposes.filter((purpose) => named.includes(purpose));
  if (chosen.length !== named.length) return { error: `purposes are ${purposes.join(", ")}` };
  return { ...wish, purposes: chosen };
}

/** Who gives a grant, when, under which policy. */
export interface Giver {
  readonly by: string;
  readonly interactive: boolean;
  readonly at: string;
  readonly policyDigest: Digest;
}

/** What a device of this ownership sends when nobody said anything. */
export function defaultWishes(ownership: Ownership): readonly Wish[] {
  return categoryNames
    .filter((category) => basisWithoutAsking(category, ownership) !== null)
    .map((category) => wishFor(category));
}

type Wished = Omit<Wish, "purposes">;

/**
 * The basis that a grant of this stands on: the ownership's own where there is one, else consent. The own basis
 * carries the level that is taken unasked; a finer one is consented to, and so is every recipient.
 */
export function basisOf({ category, level, recipients }: Wished, ownership: Ownership): Basis {
  const unasked = categoryDefinition(category).levels?.[0];
  const own = (level === undefined || level === unasked) && recipients === undefined;
  return (own ? basisWithoutAsking(category, ownership) : null) ?? "consent";
}

/**
 * The bases that a grant may stand on. What is beyond an ownership's usual purposes may have been consented to there,
 * beside what is not asked.
 */
export function basesOf(
  grant: Pick<Grant, "category" | "level" | "purposes">,
  ownership: Ownership,
): Basis[] {
  const due = basisOf(grant, ownership);
  const isBeyond = !grant.purposes.some((purpose) => usualPurposes.includes(purpose));
  return due !== "consent" && isBeyond ? [due, "consent"] : [due];
}

/** Whether what somebody wishes is within what was asked for, and for no other purposes. */
export function isAskedFor(wish: Wish, asked: readonly Wish[]): boolean {
  return asked.some(
    ({ category, level, purposes: of }) =>
      category === wish.category &&
      finenessOf(wish.level) <= finenessOf(level) &&
      wish.purposes.every((purpose) => of.includes(purpose)),
  );
}

/** From coarse to fine; of a category without levels 0. */
export const finenessOf = (level: LocationLevel | undefined): number =>
  level === undefined ? 0 : locationLevels.indexOf(level);

/** Whether it can be granted for a device without asking its person: nobody consents for others. */
export function isGrantableUnasked(wished: Wished, ownership: Ownership): boolean {
  return basisOf(wished, ownership) !== "consent";
}

/** A wish as a grant, on the basis that it stands on. */
export function grantOf(wish: Wish, ownership: Ownership, giver: Giver): Grant {
  return {
    category: wish.category,
    ...(wish.level === undefined ? {} : { level: wish.level }),
    ...(wish.recipients === undefined ? {} : { recipients: [...wish.recipients] }),
    purposes: [...wish.purposes],
    basis: basisOf(wish, ownership),
    ...giver,
  };
}

/** Grants with these added; one of the same category and kind of basis is replaced. Sorted, so that equal grants are equal bytes. */
export function withGrants(grants: readonly Grant[], added: readonly Grant[]): Grant[] {
  const merged = new Map([...grants, ...added].map((grant) => [grantKey(grant), grant]));
  const sorted = [...merged.values()].sort((a, b) => Number(isConsented(a)) - Number(isConsented(b)));
  return categoryNames.flatMap((name) => sorted.filter(({ category }) => category === name));
}

/**
 * Whether what a section holds may be collected, sent and stored: a grant of its category for one of its purposes,
 * and where all of it tells where the device is, the location choice `precise` too.
 */
export function isGranted(
  section: Pick<SectionDefinition, "category" | "purposes" | "onlyLocates">,
  grants: readonly Wish[],
): boolean {
  const isCovered = grants.some(
    (grant) =>
      grant.category === section.category &&
      section.purposes.some((purpose) => grant.purposes.includes(purpose)),
  );
  return isCovered && (!section.onlyLocates || grantedLocation(grants) === "precise");
}

/** How finely the device may be located under these grants, or null when not at all. */
export function grantedLocation(grants: readonly Wish[]): LocationLevel | null {
  const levels = grants
    .filter(({ category }) => category === "location")
    .map(({ level }) => level ?? locationLevels[0]);
  return levels.toSorted((a, b) => finenessOf(b) - finenessOf(a))[0] ?? null;
}
