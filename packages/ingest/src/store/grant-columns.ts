/**
 * Grants as columns hold them: what those that follow each other have alike stands once, for a device's grants are
 * mostly given together; the list of a whole installation takes a quarter of what it would otherwise.
 */
import { canonical, type Grant, grantsSchema } from "@rollcall/protocol";
import { z } from "zod";
import { fitting } from "./columns.ts";

/** What grants that were given together have alike, and what each of them has besides; whole again they are checked. */
const runsSchema = z.array(
  z.looseObject({ of: z.array(z.tuple([z.unknown(), z.unknown(), z.looseObject({}).optional()])) }),
);
type Runs = z.infer<typeof runsSchema>;

export function grantsText(grants: readonly Grant[]): string {
  const runs: Runs = [];
  let open = "";
  for (const { category, basis, level, recipients, ...alike } of grants) {
    const besides = { ...(level === undefined ? {} : { level }), ...(recipients ? { recipients } : {}) };
    const key = canonical(alike);
    if (key !== open) runs.push({ ...alike, of: [] });
    open = key;
    runs.at(-1)?.of.push(Object.keys(besides).length > 0 ? [category, basis, besides] : [category, basis]);
  }
  return JSON.stringify(runs);
}

/** @param column its name, for the error that a row of something else is */
export function grantsIn(text: string, column: `${string}.${string}`): Grant[] {
  const stored = [JSON.parse(text)].flat(1);
  // As former versions wrote them: each whole, a single one without a list around it.
  const isPlain = stored.every((each) => "category" in Object(each));
  return fitting(grantsSchema, isPlain ? stored : whole(fitting(runsSchema, stored, column)), column);
}

const whole = (runs: Runs): unknown[] =>
  runs.flatMap(({ of, ...alike }) =>
    of.map(([category, basis, besides = {}]) => ({ category, ...besides, basis, ...alike })),
  );
