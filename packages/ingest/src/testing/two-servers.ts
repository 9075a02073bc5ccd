/** Two servers on one PostgreSQL, for tests. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { TestServer } from "./test-server.ts";

/** They have the same keys, and each a data directory of its own. */
export async function twoServers(t: Test, database: string): Promise<readonly [TestServer, TestServer]> {
  const first = await TestServer.start(undefined, { database });
  t.teardown(() => first.remove());
  const directory = t.testdir({});
  cpSync(join(first.directory, "keys"), join(directory, "keys"), { recursive: true });
  const second = await TestServer.start(directory, { database });
  t.teardown(() => second.stop());
  return [first, second];
}
