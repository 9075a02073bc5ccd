/** Queries that run at every request are compiled once: to build one anew costs more than SQLite takes to answer it. */
import { type Compilable, type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "./schema.ts";

/** The place of a value that comes with each run. */
class Given {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

type GivenValue<Values> = <Name extends keyof Values & string>(name: Name) => RawBuilder<Values[Name]>;

/**
 * A query with values that differ each time, such as
 * `compiledOnce<{ ordinal: number }, Row>((database, given) => database.selectFrom("devices").select("id").where("ordinal", "=", given("ordinal")))`.
 */
export function compiledOnce<Values extends Readonly<Record<string, unknown>>, Row>(
  build: (database: Kysely<Schema>, given: GivenValue<Values>) => Compilable<Row>,
): (database: Kysely<Schema>, values: Values) => Promise<Row[]> {
  /** By what stands for the engine; a transaction's is that of its connection. */
  const compiled = new WeakMap<object, CompiledQuery<Row>>();
  const compile = (database: Kysely<Schema>) => build(database, (name) => sql`${new Given(name)}`).compile();
  return async (database, values) => {
    const { adapter } = database.getExecutor();
    const query = compiled.get(adapter) ?? compile(database);
    compiled.set(adapter, query);
    const parameters = query.parameters.map((each) => (each instanceof Given ? values[each.name] : each));
    return (await database.executeQuery<Row>({ ...query, parameters })).rows;
  };
}
