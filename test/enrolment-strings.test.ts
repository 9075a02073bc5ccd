// Enrolment strings between the two programs, as people hand them on: typed, from a file, from standard input; and
// each thing that can be wrong with one, told in words of its own.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newSigningKey, readEnrolmentString, writeEnrolmentString } from "@rollcall/protocol";

import t from "tap";
import { begin, ended, House } from "./processes.ts";

const house = await House.of(t);

function parts(string: string) {
  const read = readEnrolmentString(string);
  if ("error" in read) throw new Error(read.detail);
  return read;
}

/** The token that was made last, changed past the server. */
function changeLast(change: string): void {
  const database = new DatabaseSync(join(house.data, "rollcall.db"));
  database.exec(`update enrolment_tokens set ${change} where id = (select max(id) from enrolment_tokens)`);
  database.close();
}

t.test("lets a device in by a string that is typed, in a file, or on standard input", async (t) => {
  const typed = house.agent("typed");
  t.match(await typed.run("enrol", await house.enrolment()), { code: 0 });
  const file = join(house.folder, "string");
  writeFileSync(file, `${await house.enrolment()}\n`);
  t.match(await house.agent("file").run("enrol", `@${file}`), { code: 0 });
  const piped = begin("rollcall-agent", ["enrol", "-", "--state", join(house.folder, "piped")]);
  piped.stdin?.end(`${await house.enrolment()}\n`);
  t.match(await ended(piped), { code: 0 });
  t.equal((await house.asked("devices")).length, 3);
});

t.test("tells apart what is wrong with a string, and lets nobody in by it", async (t) => {
  const before = (await house.asked("devices")).length;
  const outcomes = new Map<string, string>();
  const tries = async (name: string, string: string) => {
    const { code, stderr } = await house.agent(`wrong-${name.replaceAll(" ", "-")}`).run("enrol", string);
    outcomes.set(name, `${code} ${stderr}`);
  };
  const good = await house.enrolment();
  await tries(
    "mistyped",
    good.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
  );
  await tries(
    "for another server",
    writeEnrolmentString({ ...parts(good), server: newSigningKey().publicKey }),
  );
  await tries("unknown", writeEnrolmentString({ ...parts(good), token: `rce_${newSigningKey().publicKey}` }));
  const expired = await house.enrolment();
  changeLast("expires_at = 1");
  await tries("expired", expired);
  const used = await house.enrolment();
  t.equal((await house.agent("first").run("enrol", used)).code, 0);
  await tries("used up", used);
  const hasty = await house.enrolment("--uses", "2", "--per-hour", "1");
  t.equal((await house.agent("in-time").run("enrol", hasty)).code, 0);
  await tries("too quick", hasty);
  const revoked = await house.enrolment();
  const tokens = await house.asked("enrolment-token", "list");
  t.equal((await house.rollcall("enrolment-token", "revoke", String(Object(tokens.at(-1)).id))).code, 0);
  await tries("revoked", revoked);
  const expected: Record<string, RegExp> = {
    mistyped: /^[12] .*mistyped/,
    "for another server": /^1 .*another server/,
    unknown: /^5 .*\[?token-unknown/,
    expired: /^5 .*token-expired/,
    "used up": /^5 .*token-used-up/,
    "too quick": /^[45] .*token-rate/,
    revoked: /^5 .*token-revoked/,
  };
  t.same([...outcomes.keys()], Object.keys(expected));
  for (const [name, words] of Object.entries(expected)) t.match(outcomes.get(name), words, name);
  t.equal(new Set(outcomes.values()).size, outcomes.size);
  t.equal((await house.asked("devices")).length, before + 2, "the two that were let in");
});

t.test("lets exactly one in of those who come at once with a string for one", async (t) => {
  const before = (await house.asked("devices")).length;
  const string = await house.enrolment();
  const agents = Array.from({ length: 4 }, (_, number) => house.agent(`crowd-${number}`));
  const ends = await Promise.all(agents.map((agent) => agent.run("enrol", string)));
  t.same(ends.map(({ code }) => code).toSorted(), [0, 5, 5, 5]);
  for (const { code, stderr } of ends) if (code === 5) t.match(stderr, /token-used-up/);
  t.equal((await house.asked("devices")).length, before + 1);
});
