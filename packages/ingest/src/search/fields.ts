/** What a caller may ask for: the fields that sections declare and those that the server knows, within the scope. */
import {
  allSections,
  type Condition,
  conditionsOf,
  joined,
  mapConditions,
  parseQuery,
  type QueryField,
  RollcallError,
  searchFieldsOf,
} from "@rollcall/protocol";
import type { Config } from "../config.ts";
import { changedField } from "../indexing/changed-days.ts";
import { deviceStates, queryOfState, quietOf } from "../inventory/device-state.ts";
import type { Scope } from "../store/scope.ts";
import type { IndexQuery } from "../store/search-index.ts";

/** What no section declares, for the server knows it by itself. */
const ofServer: readonly Omit<QueryField, "sensitive">[] = [
  { name: "group", as: "term" },
  { name: "country", as: "term" },
  { name: "state", as: "term", values: deviceStates },
  { name: "has", as: "term", values: allSections.map(({ name }) => name) },
  { name: "seen", as: "time" },
  { name: "first", as: "time" },
  // To the day.
  ...[undefined, ...allSections.map(({ name }) => name)].map((section) => {
    return { name: changedField(section), as: "time" } as const;
  }),
];
const everyField: ReadonlyMap<string, QueryField> = new Map([
  ...searchFieldsOf(allSections),
  ...ofServer.map((field): [string, QueryField] => [field.name, { ...field, sensitive: false }]),
]);
const plainFields: ReadonlyMap<string, QueryField> = new Map(
  [...everyField].filter(([, { sensitive }]) => !sensitive),
);

/** What may not be read may not be searched: to who may not read it, a sensitive field is not there. */
function fieldsFor(scope: Scope): ReadonlyMap<string, QueryField> {
  return scope.sensitive ? everyField : plainFields;
}

/** A bare word is looked for in every title of every device. */
const mostWords = 8;

/** Reads a query as it was typed. Throws `query-invalid`. */
export function readQuery(text: string, { scope, config, now }: Asking): IndexQuery {
  const mostBytes = config["search.queryBytes"];
  const query = parseQuery(text, { fields: fieldsFor(scope), now, mostBytes });
  if (conditionsOf(query).filter(({ kind }) => kind === "word").length > mostWords)
    throw new RollcallError("query-invalid", {
      detail: `A query has at most ${mostWords} words without a field; quote those that stand together.`,
    });
  return mapConditions(query, (condition) => withoutState(condition, config, now));
}

export interface Asking {
  readonly scope: Scope;
  readonly config: Config;
  readonly now: number;
}

/** A state follows from what the index knows: when a device was seen, and two flags. */
function withoutState(condition: Condition, config: Config, now: number): IndexQuery {
  if (condition.kind !== "text" || condition.field !== "state") return condition;
  const state = deviceStates.find((each) => each === condition.text);
  return state ? queryOfState(state, now, quietOf(config)) : joined("any", []);
}

export function demandField(name: string, scope: Scope): string {
  const known = facetFields(scope);
  if (known.includes(name)) return name;
  throw new RollcallError("query-invalid", {
    detail: `There is no field "${name}"; fields are ${known.toSorted().join(", ")}.`,
  });
}

/** Fields whose values can be counted: what a device has, not what it is at the time. */
const facetFields = (scope: Scope): readonly string[] =>
  [...fieldsFor(scope)].flatMap(([name, { as }]) => (as === "time" || uncounted.has(name) ? [] : [name]));
const uncounted: ReadonlySet<string> = new Set(["state", "has"]);
