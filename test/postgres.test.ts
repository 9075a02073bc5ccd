// The whole way over PostgreSQL: a real agent, the real command, and nothing of the devices in the data directory.
import { existsSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { postgresDatabase, withoutPostgres } from "../packages/ingest/src/testing/postgres.ts";
import { House } from "./processes.ts";

t.test("PostgreSQL as the store", { skip: withoutPostgres }, async (t) => {
  const house = await House.of(t, ["--database", await postgresDatabase()]);
  t.notOk(existsSync(join(house.data, "rollcall.db")));
  const agent = house.agent("agent");
  const enrolment = await house.enrolment("--ownership", "personal");
  t.match(await agent.run("enrol", enrolment, "--grant", "inventory"), { code: 0 });
  t.match(await agent.json("check-in"), { outcome: "sent", refused: [] });
  const { deviceId } = await agent.json("status");

  await t.test("shows, finds and hands out what the agent told", async (t) => {
    t.match(await house.asked("devices", "memory:>1MiB"), [{ id: deviceId, state: "active" }]);
    t.same(await house.asked("devices", "memory:<1MiB"), []);
    t.match(await house.asked("device", String(deviceId)), [
      { id: deviceId, sections: { memory: { status: "ok" } } },
    ]);
    t.match(await agent.run("my", "export"), { code: 0, stdout: String(deviceId) });
  });

  await t.test("goes on with all of it after the server was killed", async (t) => {
    const before = await house.asked("device", String(deviceId));
    await house.end("SIGKILL");
    await house.start();
    t.match(await agent.json("check-in"), { outcome: "unchanged" });
    const sections = (devices: unknown[]) => devices.map((device) => Object(device).sections);
    t.same(sections(await house.asked("device", String(deviceId))), sections(before));
  });

  await t.test("deletes it with a receipt, and does not know it any more", async (t) => {
    t.match(await agent.run("my", "delete", "--yes"), { code: 0 });
    t.same(await house.asked("devices"), []);
    t.match(await house.rollcall("device", String(deviceId)), { code: 1 });
  });
});
