/** Copies of devices are devices to the server: each checks in as its original does, and is found. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { agentApplication } from "@rollcall/protocol";
import t from "tap";
import { Inventory } from "../../packages/ingest/src/testing/inventory-questions.ts";
import { TestServer } from "../../packages/ingest/src/testing/test-server.ts";
import { Line } from "../swarm/line.ts";
import { growFleet } from "./grown-fleet.ts";

t.test("makes devices that check in, and that are found", async (t) => {
  const size = 100;
  const directory = t.testdir({});
  const fleet = await growFleet(directory, "data", size, 8);
  const server = await TestServer.start(join(directory, "data"));
  t.teardown(() => server.stop());
  const line = new Line(server.url, 4);
  t.teardown(() => line.close());
  const answers = new Map<string, number>();
  for (let device = 0; device < size; device++) {
    const body = {
      counter: 1_000,
      nonce: randomBytes(16).toString("base64url"),
      stateDigest: fleet.state(device),
      consentNumber: 1,
      applications: [{ number: agentApplication, version: "0.1.0", channel: "stable" }],
    };
    const { status, text } = await line.send({
      method: "POST",
      path: "/v1/check-ins",
      headers: { authorization: `Bearer ${fleet.session(device)}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const told = `${status} ${text}`;
    answers.set(told, (answers.get(told) ?? 0) + 1);
  }
  const [[answer, count] = ["", 0], ...others] = [...answers];
  t.match(answer, /^200 .*"wants":\[\]/);
  t.same([count, others], [size, []]);
  const { items } = await new Inventory(server).devices({ limit: size + 1 });
  t.equal(new Set(items.map(({ id }) => id)).size, size);
});
