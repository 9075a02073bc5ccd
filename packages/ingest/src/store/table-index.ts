/** The index on plain tables beside the store's own. Every query starts from the devices of the caller's scope. */
import { allSections, fold, isJoined, isNegated, RollcallError, searchFieldsOf } from "@rollcall/protocol";
import {
  type AliasableExpression,
  type Expression,
  type ExpressionBuilder,
  type Kysely,
  type SqlBool,
  sql,
} from "kysely";
import type { Schema } from "./schema.ts";
import { inScope, type Scope } from "./scope.ts";
import type {
  DeviceOrder,
  DevicePage,
  DevicePosition,
  FacetValue,
  IndexCondition,
  IndexQuery,
  SearchIndex,
  TitleCount,
  TitlePosition,
} from "./search-index.ts";

type Builder = ExpressionBuilder<Schema, "installations" | "devices">;

interface ValueOnDevice {
  same: string | number;
  value: string | number;
  device: number;
}

const fieldKinds = searchFieldsOf(allSections);

export class TableIndex implements SearchIndex {
  readonly #database: Kysely<Schema>;

  constructor(database: Kysely<Schema>) {
    this.#database = database;
  }

  async devices(
    scope: Scope,
    query: IndexQuery,
    { order, limit, after }: { order: DeviceOrder; limit: number; after: DevicePosition | null },
  ): Promise<DevicePage> {
    const column = (
      {
        enrolled: "devices.ordinal",
        hostname: "devices.sort_name",
        lastSeenAt: "devices.last_seen_at",
      } as const
    )[order.by];
    const direction = order.descending ? "desc" : "asc";
    let rows = this.#found(scope, query).select([
      "devices.ordinal",
      sql<string | number>`${sql.ref(column)}`.as("value"),
    ]);
    if (after) {
      const beyond = order.descending ? "<" : ">";
      rows = rows.where((builder) =>
        builder(
          builder.refTuple(column, "devices.ordinal"),
          beyond,
          builder.tuple(after.value, after.ordinal),
        ),
      );
    }
    const page = await rows
      .orderBy(column, direction)
      .orderBy("devices.ordinal", direction)
      .limit(limit + 1)
      .execute();
    const { total } = await this.#found(scope, query)
      .select((builder) => builder.fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    const shown = page.slice(0, limit);
    const last = page.length > limit ? shown.at(-1) : undefined;
    return {
      ordinals: shown.map(({ ordinal }) => ordinal),
      next: last ? { value: last.value, ordinal: last.ordinal } : null,
      total,
    };
  }

  async facet(
    scope: Scope,
    field: string,
    query: IndexQuery,
    { limit, after }: { limit: number; after: FacetValue | null },
  ): Promise<{ items: readonly FacetValue[]; next: FacetValue | null }> {
    const value = sql<string | number>`min(v.value)`;
    const devices = sql<number>`count(distinct v.device)`;
    let rows = this.#database
      .selectFrom(this.#valuesOf(scope, field, query).as("v"))
      .select([value.as("value"), devices.as("devices")])
      .groupBy("v.same");
    if (after)
      rows = rows.having((builder) =>
        builder.or([
          builder(devices, "<", after.devices),
          builder.and([builder(devices, "=", after.devices), builder(value, ">", after.value)]),
        ]),
      );
    const page = await rows
      .orderBy("devices", "desc")
      .orderBy("value")
      .limit(limit + 1)
      .execute();
    const items = page.slice(0, limit);
    return { items, next: page.length > limit ? (items.at(-1) ?? null) : null };
  }

  /** The values of a field on the devices that a query finds; those with equal `same` are one value. */
  #valuesOf(scope: Scope, field: string, query: IndexQuery): AliasableExpression<ValueOnDevice> {
    const found = this.#found(scope, query);
    if (field === "group")
      return found.select([
        "devices.group_name as same",
        "devices.group_name as value",
        "devices.ordinal as device",
      ]);
    if (field === "country")
      return found
        .innerJoin("countries as c", "c.installation", "installations.ordinal")
        .select(["c.country as same", "c.country as value", "devices.ordinal as device"]);
    switch (fieldKinds.get(field)?.as) {
      case "number":
        return found
          .innerJoin("search_numbers as n", "n.installation", "installations.ordinal")
          .where("n.field", "=", field)
          .where("n.sensitive", "<=", mostSensitive(scope))
          .select(["n.number as same", "n.number as value", "devices.ordinal as device"]);
      case "title":
        return found
          .innerJoin("search_titles as s", "s.installation", "installations.ordinal")
          .where("s.field", "=", field)
          .where("s.sensitive", "<=", mostSensitive(scope))
          .select(["s.title as same", "s.title as value", "devices.ordinal as device"]);
      default:
        return found
          .innerJoin("search_texts as t", "t.installation", "installations.ordinal")
          .where("t.field", "=", field)
          .where("t.sensitive", "<=", mostSensitive(scope))
          .select(["t.folded as same", "t.shown as value", "devices.ordinal as device"]);
    }
  }

  async titles(
    scope: Scope,
    words: readonly string[],
    query: IndexQuery,
    { limit, after }: { limit: number; after: TitlePosition | null },
  ): Promise<{ items: readonly TitleCount[]; next: TitlePosition | null }> {
    let rows = this.#found(scope, query)
      .innerJoin("search_titles as s", "s.installation", "installations.ordinal")
      .where("s.sensitive", "<=", mostSensitive(scope))
      .select([
        "s.title as name",
        "s.version",
        "s.source",
        sql<number>`count(distinct devices.ordinal)`.as("devices"),
      ]);
    for (const word of words) rows = rows.where(sql<number>`instr(s.folded, ${fold(word)})`, ">", 0);
    if (after)
      rows = rows.where((builder) =>
        builder(
          builder.refTuple("s.title", "s.version", "s.source"),
          ">",
          builder.tuple(after.name, after.version, after.source),
        ),
      );
    const page = await rows
      .groupBy(["s.title", "s.version", "s.source"])
      .orderBy("s.title")
      .orderBy("s.version")
      .orderBy("s.source")
      .limit(limit + 1)
      .execute();
    const items = page.slice(0, limit);
    const last = page.length > limit ? items.at(-1) : undefined;
    return { items, next: last ? { name: last.name, version: last.version, source: last.source } : null };
  }

  /** Devices of the scope for which every condition holds, with their installations. */
  #found(scope: Scope, query: IndexQuery) {
    return this.#database
      .selectFrom("devices")
      .innerJoin("installations", "installations.device", "devices.ordinal")
      .where((builder) => builder.and([inScope(builder, scope), holds(builder, scope, query)]));
  }
}

/** Search values are marked 0 (plain) or 1 (sensitive); what may not be read does not count. */
const mostSensitive = ({ sensitive }: Scope): 0 | 1 => (sensitive ? 1 : 0);

function holds(builder: Builder, scope: Scope, query: IndexQuery): Expression<SqlBool> {
  if (isJoined(query)) {
    const parts = query.parts.map((part) => holds(builder, scope, part));
    return query.kind === "all" ? builder.and(parts) : builder.or(parts);
  }
  if (isNegated(query)) return builder.not(holds(builder, scope, query.part));
  return holdsCondition(builder, scope, query);
}

function holdsCondition(builder: Builder, scope: Scope, condition: IndexCondition): Expression<SqlBool> {
  switch (condition.kind) {
    case "word":
      return holdsWord(builder, condition.text);
    case "text":
      return condition.field === "has"
        ? hasSection(builder, condition.text)
        : holdsField(builder, scope, condition);
    case "number":
      return holdsField(builder, scope, condition);
    case "time":
      return builder(timeColumns[condition.field] ?? "first_seen_at", condition.comparison, condition.at);
    case "flag":
      return builder(flagColumns[condition.flag], "is not", null);
    default:
      throw new RollcallError("query-invalid", {
        detail: `${notYet[condition.kind]} cannot be asked for yet.`,
      });
  }
}

const timeColumns: Readonly<Record<string, "devices.last_seen_at" | "devices.first_seen_at">> = {
  seen: "devices.last_seen_at",
  first: "devices.first_seen_at",
};
const flagColumns = { retired: "devices.retired_at", "in-doubt": "installations.doubted_at" } as const;
const notYet = { like: "Wildcards", version: "Comparisons of versions", network: "Networks" } as const;

function hasSection(builder: Builder, name: string): Expression<SqlBool> {
  const sections = builder
    .selectFrom("sections")
    .select("installation")
    .where("name", "=", name)
    .where("digest", "is not", null);
  return builder("installations.ordinal", "in", sections);
}

/** A bare word: part of a name or a title. Sensitive values are never found by one. */
function holdsWord(builder: Builder, word: string): Expression<SqlBool> {
  const folded = fold(word);
  const texts = builder
    .selectFrom("search_texts as t")
    .select("t.installation")
    .whereRef("t.installation", "=", "installations.ordinal")
    .where("t.words", "=", 1)
    .where("t.sensitive", "=", 0)
    .where(sql<number>`instr(t.folded, ${folded})`, ">", 0);
  const titles = builder
    .selectFrom("search_titles as s")
    .select("s.installation")
    .whereRef("s.installation", "=", "installations.ordinal")
    .where("s.sensitive", "=", 0)
    .where(sql<number>`instr(s.folded, ${folded})`, ">", 0);
  return builder.or([builder.exists(texts), builder.exists(titles)]);
}

function holdsField(
  builder: Builder,
  scope: Scope,
  condition: Extract<IndexCondition, { kind: "text" | "number" }>,
): Expression<SqlBool> {
  if (condition.kind === "number") {
    const numbers = builder
      .selectFrom("search_numbers as n")
      .select("n.installation")
      .where("n.field", "=", condition.field)
      .where("n.sensitive", "<=", mostSensitive(scope))
      .where("n.number", condition.comparison, condition.number);
    return builder("installations.ordinal", "in", numbers);
  }
  const folded = fold(condition.text);
  if (condition.field === "group") return builder("devices.group_name", "=", condition.text);
  if (condition.field === "country") {
    const countries = builder
      .selectFrom("countries as c")
      .select("c.installation")
      .where("c.country", "=", folded.toUpperCase());
    return builder("installations.ordinal", "in", countries);
  }
  if (fieldKinds.get(condition.field)?.as === "title") {
    const titles = builder
      .selectFrom("search_titles as s")
      .select("s.installation")
      .where("s.field", "=", condition.field)
      .where("s.sensitive", "<=", mostSensitive(scope))
      .where("s.folded", "=", folded);
    return builder("installations.ordinal", "in", titles);
  }
  const texts = builder
    .selectFrom("search_texts as t")
    .select("t.installation")
    .where("t.field", "=", condition.field)
    .where("t.sensitive", "<=", mostSensitive(scope))
    .where("t.folded", "=", folded);
  return builder("installations.ordinal", "in", texts);
}
