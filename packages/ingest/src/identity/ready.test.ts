/** Whether a server is ready follows its database; whether it lives does not. */
import { renameSync } from "node:fs";
import t from "tap";
import { pathsIn } from "../store/data-directory.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { send } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

t.test("is not ready while its database is not there, and still alive", async (t) => {
  const server = await TestServer.start(t.testdir({}));
  t.teardown(() => server.stop().catch(() => {}));
  const ask = async (path: string) => outcomeOf(await send(server.url, { method: "GET", path }));
  t.equal(await ask("/readyz"), "200");
  const { database } = pathsIn(server.directory);
  renameSync(database, `${database}.gone`);
  t.equal(await ask("/readyz"), "503 not-ready");
  t.equal(await ask("/healthz"), "200");
  renameSync(`${database}.gone`, database);
  t.equal(await ask("/readyz"), "200");
});
