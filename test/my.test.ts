// What a person does with their own device's data: the real agent against the real server, as processes.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { House } from "./processes.ts";

/** An agent that has enrolled and checked in. */
async function enrolled(house: House, ownership: "personal" | "organisation") {
  const agent = house.agent(`${ownership}-${Math.random().toString(36).slice(2)}`);
  const grants = ownership === "personal" ? ["--grant", "hardware,system"] : [];
  await agent.json("enrol", await house.enrolment("--ownership", ownership), ...grants);
  await agent.json("check-in");
  const { installationId, deviceId } = await agent.json("status");
  return { agent, installation: String(installationId), device: String(deviceId) };
}

type Agent = ReturnType<House["agent"]>;

/** The server has no such device, and the state directory nothing but receipts and the log. */
async function demandLeft(t: Test, house: House, agent: Agent, of: { installation: string; device: string }) {
  t.notOk((await house.asked("devices")).some((each) => Object(each).id === of.device));
  t.same(readdirSync(agent.state).sort(), ["agent.log", `receipts-${of.installation}.json`]);
  t.match(await agent.json("my", "receipts"), {
    kept: [
      { use: "consent", valid: true },
      { use: "receipt", valid: true },
      { use: "deletion", valid: true, installation: of.installation },
    ],
    server: null,
  });
}

t.test("exports, corrects, verifies and deletes what is stored of a personal device", async (t) => {
  const house = await House.of(t);
  const { agent, installation, device } = await enrolled(house, "personal");
  const file = join(house.folder, "mine.json");
  t.match(await agent.run("my", "export", file), { code: 0, stdout: /mine\.json/ });
  t.equal(statSync(file).mode & 0o777, 0o600);
  const exported = JSON.parse(readFileSync(file, "utf8"));
  const { sections } = await agent.json("show");
  t.match(exported, {
    installation,
    id: device,
    ownership: "personal",
    sections: { system: { document: Object(Object(sections).system).document } },
  });
  const corrected = await agent.json("my", "correct", "operating-system.name=Ada OS", "--reason", "mine");
  const correction = { section: "operating-system", field: "name", value: "Ada OS", reason: "mine" };
  t.match(corrected, { corrections: [correction] });
  t.match(await house.asked("device", device), [{ corrections: [correction] }]);
  t.match(await agent.json("my", "receipts"), {
    kept: [
      { use: "consent", valid: true },
      { use: "receipt", valid: true },
    ],
    server: { valid: true, agrees: true, consent: { consentNumber: 2 }, state: { counter: 1 } },
  });
  t.match(await agent.run("my", "delete"), { code: 2, stderr: /--yes/ });
  t.equal((await house.asked("devices")).length, 1, "without --yes nothing happened");
  t.match(await agent.run("my", "delete", "--yes"), {
    code: 0,
    stderr: /deleted, for good/,
    stdout: /signed for it/,
  });
  await demandLeft(t, house, agent, { installation, device });
});

t.test("unenrols a personal device once the server is reached, and loses nothing before", async (t) => {
  const house = await House.of(t);
  const { agent, installation, device } = await enrolled(house, "personal");
  await house.end("SIGTERM");
  const before = readdirSync(agent.state).sort();
  for (const command of [["unenrol"], ["my", "delete", "--yes"], ["my", "export"]])
    t.match(await agent.run(...command), { code: 4, stderr: /not reached/ }, command.join(" "));
  t.same(readdirSync(agent.state).sort(), before);
  t.match(await agent.run("my", "receipts"), { code: 0, stdout: /valid/, stderr: /not reached/ });
  await house.start();
  t.match(await agent.json("check-in"), { outcome: "unchanged" });
  t.match(await agent.json("unenrol"), {
    deletion: { use: "deletion", installation, scope: "everything" },
    receipts: join(agent.state, `receipts-${installation}.json`),
  });
  await demandLeft(t, house, agent, { installation, device });
  t.match(await agent.run("unenrol"), { code: 3 });
});

t.test("lets nobody unenrol an organisation's device, but ask for its deletion", async (t) => {
  const house = await House.of(t);
  const { agent, device } = await enrolled(house, "organisation");
  t.match(await agent.run("unenrol"), { code: 5, stderr: /organisation's word/ });
  const asked = await agent.json("my", "delete", "--yes");
  t.match(asked, { deletion: { scope: "personal" }, request: { kind: "deletion", state: "open" } });
  t.match(await house.asked("device", device), [{ requests: [asked.request] }]);
  // A section went with what is personal: the server has another state than the device knows of, and is told all.
  t.match(await agent.json("check-in"), { outcome: "sent", refused: [] }, "it is enrolled as before");
  t.match(await agent.json("check-in"), { outcome: "unchanged" });
});
