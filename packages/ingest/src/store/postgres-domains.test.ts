/** Tests of the domains of devices and their people that look at a server from outside alone, over PostgreSQL. */
import t from "tap";
import { withoutPostgres } from "../testing/postgres.ts";

if (withoutPostgres) t.pass(`over PostgreSQL: nothing, for there is ${withoutPostgres}`);
else {
  process.env.ROLLCALL_TEST_ENGINE = "postgres";
  for (const path of [
    "check-ins/readings",
    "enrolment/sessions",
    "privacy/retire",
    "records/stored-items",
    "search/rollups",
    "search/title-times",
  ])
    await import(`../${path}.test.ts`);
}
