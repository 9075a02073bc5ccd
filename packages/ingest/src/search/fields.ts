/** What a caller may ask for: the fields that sections declare and those that the server knows, within the scope. */
import {
  allSections,
  parseQuery,
  type Query,
  RollcallError,
  type SearchField,
  searchFieldsOf,
} from "@rollcall/protocol";
import type { Config } from "../config.ts";
import type { Scope } from "../store/scope.ts";

const declared = searchFieldsOf(allSections);
/** What no section declares, for the server knows it by itself. */
const ofServer = ["group", "country"].map((name): [string, SearchField] => [
  name,
  { name, as: "term", sensitive: false },
]);
const everyField: ReadonlyMap<string, SearchField> = new Map([...declared, ...ofServer]);
const plainFields: ReadonlyMap<string, SearchField> = new Map(
  [...everyField].filter(([, { sensitive }]) => !sensitive),
);

/** What may not be read may not be searched: to who may not read it, a sensitive field is not there. */
function fieldsFor(scope: Scope): ReadonlyMap<string, SearchField> {
  return scope.sensitive ? everyField : plainFields;
}

/** Each condition is a search of its own, and an engine nests only so many (SQLite: 1,000). */
const mostConditions = 64;

/** A bare word is looked for in every title of every device. */
const mostWords = 8;

export function readQuery(text: string, scope: Scope, config: Config): Query {
  const query = parseQuery(text, fieldsFor(scope), config["search.queryBytes"]);
  if (query.length > mostConditions)
    throw new RollcallError("query-invalid", { detail: `A query has at most ${mostConditions} conditions.` });
  if (query.filter(({ kind }) => kind === "word").length > mostWords)
    throw new RollcallError("query-invalid", {
      detail: `A query has at most ${mostWords} words without a field; quote those that stand together.`,
    });
  return query;
}

export function demandField(name: string, scope: Scope): string {
  if (fieldsFor(scope).has(name)) return name;
  throw new RollcallError("query-invalid", {
    detail: `There is no field "${name}"; fields are ${[...fieldsFor(scope).keys()].sort().join(", ")}.`,
  });
}
