/** Faults of the server's own: told to nobody outside, and to the log without what they were about. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RollcallError } from "@rollcall/protocol";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { TestServer } from "../testing/test-server.ts";
import { reasonsOf } from "./failure.ts";

t.test("answers 500 for a damaged column, and logs where it failed but nothing of it", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await told(server);
  const database = new SqliteDatabase(join(server.directory, "rollcall.db"));
  t.teardown(() => database.close());
  const damage = database.prepare("update installations set grants = ?");
  const inventory = new Inventory(server);
  const replies = [];
  for (const grants of ['{"garbage', '["secret"]']) {
    damage.run(grants);
    const reply = await inventory.get(`devices/${device.device}`);
    t.equal(outcomeOf(reply), "500 internal");
    t.notMatch(JSON.stringify(reply.body), /secret|grants|garbage/);
    replies.push(reply);
  }
  t.equal(outcomeOf(await inventory.get("devices")), "200");
  await server.restart();
  const text = readFileSync(join(server.directory, "requests.log"), "utf8");
  t.notMatch(text, /secret|garbage/);
  const expected = [
    { type: "SyntaxError", message: undefined },
    { type: "Error", message: /^column installations\.grants holds/ },
  ];
  for (const [index, { headers }] of replies.entries()) {
    const [fault, request] = text
      .split("\n")
      .filter((line) => line.includes(`"${headers["x-request-id"]}"`))
      .map((line) => JSON.parse(line));
    t.match(request, { msg: "request", status: 500, route: "/api/v1/devices/:id" });
    t.match(fault, { level: "error", msg: "fault" });
    const [reason] = fault.reasons;
    t.match(reason, expected[index]);
    t.match(reason.at.join(), /columns\.ts/, "read in another thread");
  }
});

/** What `JSON.parse` says of a text that is none. */
function parseError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

t.test(
  "keeps the words of the server's own errors, and drops those that quote what was at hand",
  async (t) => {
    const quoting = parseError('{"host": secret-host}');
    t.match(String(quoting), /secret/);
    const full = Object.assign(new Error("SQLITE_FULL"), { code: "SQLITE_FULL", name: "SqliteError" });
    const reasons = reasonsOf(
      new RollcallError("internal", { detail: "ours", cause: new Error("why", { cause: quoting }) }),
    );
    t.match(reasons, [
      { type: "RollcallError", code: "internal", message: "ours" },
      { type: "Error", message: "why" },
      { type: "SyntaxError" },
    ]);
    t.notMatch(JSON.stringify(reasons), /secret/);
    t.ok(reasons.every(({ at }) => at.length > 0 && at.every((place) => place.startsWith("at "))));
    t.match(reasonsOf(full), [{ type: "SqliteError", code: "SQLITE_FULL", message: "SQLITE_FULL" }]);
  },
);

t.test("takes no line of a message for a place in the code", async (t) => {
  const [reason] = reasonsOf(new TypeError("first\n    at secret (secret.ts:1:1)\nlast"));
  t.equal(reason?.type, "TypeError");
  t.notMatch(JSON.stringify(reason), /secret/);
  t.match(reason?.at[0], /fault\.test\.ts/);
});

t.test("takes whatever was thrown, and ends where causes go round", async (t) => {
  t.same(reasonsOf("secret"), [{ type: "string", at: [] }]);
  t.same(reasonsOf(null), [{ type: "object", at: [] }]);
  const round = new Error("round");
  round.cause = round;
  t.equal(reasonsOf(round).length, 5);
});
