/** What bench `sets` asks: of the index by a query, of the tables by a statement. */
import type { Database } from "better-sqlite3";
import type { IndexReader } from "../../packages/ingest/src/indexing/index-reader.ts";
import type { Scope } from "../../packages/ingest/src/store/scope.ts";
import type { IndexQuery } from "../../packages/ingest/src/store/search-index.ts";

export interface Question {
  readonly name: string;
  ask(index: IndexReader, scope: Scope): Promise<unknown>;
  sql(tables: Database): unknown;
}

const text = (field: string, value: string): IndexQuery => ({ kind: "text", field, text: value });
const all = (...parts: readonly IndexQuery[]): IndexQuery => ({ kind: "all", parts });
const not = (part: IndexQuery): IndexQuery => ({ kind: "not", part });

const order = { by: "enrolled", descending: false } as const;

const count = (name: string, query: IndexQuery, where: string): Question => ({
  name: `count: ${name}`,
  ask: async (index, scope) => (await index.devices(scope, query, { order, limit: 1, after: null })).total,
  sql: (tables) => tables.prepare(`select count(*) from devices d where ${where}`).pluck().get(),
});

const page = (name: string, query: IndexQuery, where: string): Question => ({
  name: `page of 50 by host name: ${name}`,
  ask: async (index, scope) => {
    const sorted = { by: "hostname", descending: false } as const;
    return (await index.devices(scope, query, { order: sorted, limit: 50, after: null })).ordinals;
  },
  sql: (tables) =>
    tables
      .prepare(`select ordinal from devices d where ${where} order by host, ordinal limit 50`)
      .pluck()
      .all(),
});

const has = (where: string): string =>
  `d.ordinal in (select device from installed i join titles t on t.id = i.title where ${where})`;

const debian = text("os", "Debian GNU/Linux 12.11");
const isDebian = "d.os = 'Debian GNU/Linux 12.11'";
const thinkPad = text("model", "ThinkPad T14 Gen 3");
const isThinkPad = "d.model = 'ThinkPad T14 Gen 3'";
const openssl = text("software", "openssl");
/** All versions of it begin with the same number. */
const older = (version: number): IndexQuery => {
  return { kind: "version", field: "software", title: "bash", comparison: "<", version: `99.0.${version}` };
};

const page50 = { limit: 50, after: null, exact: false } as const;

const softwareRows = (tables: Database, order: string): readonly unknown[] =>
  tables
    .prepare(
      `select t.name, t.version, count(*) from titles t join installed i on i.title = t.id
         join devices d on d.ordinal = i.device where ${isDebian}
         group by t.name, t.version order by ${order} limit 50`,
    )
    .raw()
    .all();

export const questions: readonly Question[] = [
  count("two terms", all(debian, thinkPad), `${isDebian} and ${isThinkPad}`),
  count(
    "three terms",
    all(debian, thinkPad, openssl),
    `${isDebian} and ${isThinkPad} and ${has("t.name = 'openssl'")}`,
  ),
  count(
    "a term and not a title",
    all(debian, not(openssl)),
    `${isDebian} and not ${has("t.name = 'openssl'")}`,
  ),
  count("versions of a title", older(1), has("t.name = 'bash'")),
  count(
    "not seen for 30 days",
    { kind: "time", field: "seen", comparison: "<", at: 10 * 86_400_000 },
    "d.seen < 864000000",
  ),
  page("every device", all(), "1"),
  page("a term", debian, isDebian),
  page("one in hundreds", all(thinkPad, not(openssl)), `${isThinkPad} and not ${has("t.name = 'openssl'")}`),
  {
    name: "facet of models under a title",
    ask: async (index, scope) =>
      (await index.facet(scope, "model", openssl, { limit: 40, after: null })).items.map(
        ({ value, devices }) => [value, devices],
      ),
    sql: (tables) =>
      tables
        .prepare(
          `select model, count(*) as devices from devices d where ${has("t.name = 'openssl'")}
             group by model order by devices desc, model limit 40`,
        )
        .raw()
        .all(),
  },
  count(
    "wildcard of titles",
    { kind: "like", field: "software", pieces: ["libs", ""] },
    has("t.name like 'libs%'"),
  ),
  {
    name: "software by name under a term",
    ask: async (index, scope) =>
      (await index.titles(scope, [], debian, { limit: 50, after: null })).items.map(
        ({ name, version, devices }) => [name, version, devices],
      ),
    sql: (tables) => softwareRows(tables, "t.name, t.version"),
  },
  {
    // From a thousand devices on: which are chosen is chance, how many is not.
    name: "software by count under a term, sampled",
    ask: async (index, scope) => (await index.titlesByCount(scope, [], debian, page50)).items.length,
    sql: (tables) => softwareRows(tables, "3 desc, t.name, t.version").length,
  },
  {
    name: "software by count under a term, exact",
    ask: async (index, scope) =>
      (await index.titlesByCount(scope, [], debian, { ...page50, exact: true })).items.map(
        ({ name, version, devices }) => [name, version, devices],
      ),
    sql: (tables) => softwareRows(tables, "3 desc, t.name, t.version"),
  },
];
