/** When a section changed is kept no longer than what it was: by its category, in a row that names others, too. */
import { categoryDefinition } from "@rollcall/protocol";
import t from "tap";
import { day } from "../milliseconds.ts";
import { holding } from "../testing/altered-database.ts";
import { machine, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";
import { namesIn } from "./change-rows.ts";

t.test("goes section by section, each at its age", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  await told(server);
  const named = () =>
    holding(server, async (queries) => {
      const rows = await queries.selectFrom("changes").select("sections").orderBy("id").execute();
      return namesIn(
        queries,
        rows.map(({ sections }) => sections),
      );
    });
  const all = Object.keys(machine()).sort();
  const after = async (days: number) => {
    server.ahead = days * day;
    await server.admin("POST", "/api/v1/retention", {});
    return (await named()).map((names) => [...names].sort());
  };
  const { retentionDays } = categoryDefinition("network");
  t.same(await after(retentionDays - 1), [all]);
  t.same(await after(retentionDays + 1), [all.filter((name) => name !== "network")]);
});
