/** A text of the index that is not what was written, while the server runs: found by whoever reads it. */
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const inventory = new Inventory(server);
await told(server, { hostname: "ada", packages: ["openssl 3.0.17-1", "zlib1g 1.2.13"] });
await told(server, { hostname: "bob", serial: "SN-BOB", packages: ["openssl 3.0.15-1"] });

/** What is changed, and a question that reads it. */
const altered = {
  "a name": ["update names set shown = 'openssh' where shown = 'openssl'", "software", {}],
  "a version": ["update terms set version = '3.0.1' where version = '3.0.15-1'", "software", {}],
  "how a name is compared": [
    "update names set folded = 'openssl' where shown = 'zlib1g'",
    "devices",
    { q: "software:openssl" },
  ],
  "a key": ["update keys set folded = 'bobby' where folded = 'bob'", "devices", { q: "host:bobby" }],
} as const;

const answer = async (...[, path, parameters]: (typeof altered)[keyof typeof altered]) => {
  const { status, body } = await inventory.get(path, { ...parameters, fresh: "true" });
  const items: readonly object[] = Object(body).items ?? [];
  return { status, items: items.map((item) => ({ ...item, lastSeenAt: null })) };
};

async function madeAnew(): Promise<void> {
  for (;;) if ((await server.admin("POST", "/api/v1/reindex", {})).status === 200) return;
}

for (const [what, asked] of Object.entries(altered))
  t.test(`notices that ${what} was altered, and makes the index anew`, async (t) => {
    await madeAnew();
    const right = await answer(...asked);
    t.equal(right.status, 200);
    const database = new SqliteDatabase(join(server.directory, "index", "part-0.db"));
    t.equal(database.prepare(asked[0]).run().changes, 1);
    database.close();
    t.match(await answer(...asked), { status: 503 });
    await madeAnew();
    t.same(await answer(...asked), right);
  });
