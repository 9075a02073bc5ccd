/** Queries that are compiled once and run with other values each time. */
import { join } from "node:path";
import t from "tap";
import { compiledOnce } from "./compiled-once.ts";
import { CurrentValues } from "./current-values.ts";
import { connect, openSqliteWriter } from "./sqlite-writer.ts";

t.test(
  "runs with the values of each run, in and out of a transaction, on each database its own",
  async (t) => {
    const add = compiledOnce<{ number: string; at: number }, unknown>((database, given) =>
      database
        .insertInto("applications")
        .values({ number: given("number"), name: "same", created_at: given("at") }),
    );
    const since = compiledOnce<{ at: number }, { number: string; name: string }>((database, given) =>
      database.selectFrom("applications").select(["number", "name"]).where("created_at", ">=", given("at")),
    );
    for (const own of ["a", "b"]) {
      const file = join(t.testdir({}), `${own}.db`);
      await (await openSqliteWriter(file, new CurrentValues())).close();
      const { queries } = connect(file, false);
      await queries.transaction().execute(async (transaction) => {
        await add(transaction, { number: `${own}1`, at: 1 });
        await add(transaction, { number: `${own}2`, at: 2 });
      });
      await add(queries, { number: `${own}3`, at: 3 });
      const found = async (at: number) =>
        (await since(queries, { at })).map(({ number }) => number).toSorted();
      t.same(await found(2), [`${own}2`, `${own}3`]);
      t.same(await found(3), [`${own}3`]);
      t.same(await since(queries, { at: 3 }), [{ number: `${own}3`, name: "same" }]);
      await queries.destroy();
    }
  },
);
