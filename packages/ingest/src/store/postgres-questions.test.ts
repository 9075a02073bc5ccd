/** Tests of questions that look at a server from outside alone, over PostgreSQL. */
import t from "tap";
import { withoutPostgres } from "../testing/postgres.ts";

if (withoutPostgres) t.pass(`over PostgreSQL: nothing, for there is ${withoutPostgres}`);
else {
  process.env.ROLLCALL_TEST_ENGINE = "postgres";
  for (const path of ["inventory/changes", "inventory/devices", "inventory/paging", "search/queries"])
    await import(`../${path}.test.ts`);
}
