/** `rollcall device merge`, `device split` and `devices --possible-duplicates`, as people type them. */
import t from "tap";
import { runHere } from "../testing/command.ts";
import { machine, ok, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const rollcall = (...args: string[]) => runHere([...args, "--data", server.directory]);

const hint = { identifiers: ok({ machine: "A".repeat(43) }) };
const [old, again] = [await told(server, { hostname: "old" }), await told(server, { hostname: "again" })];
for (const each of [old, again]) await each.sent({ ...machine(), ...hint });

t.test("shows what may be one, makes it one and takes it apart again", async (t) => {
  await old.sent(machine({ hostname: "old" }));
  await again.sent(machine({ hostname: "again" }));
  t.match((await rollcall("devices", "--possible-duplicates")).stdout, `${old.device} ${again.device}`);
  t.match((await rollcall("device", "old")).stdout, `may be the same as ${again.device}\n`);
  const merged = await rollcall("device", "merge", "old", "again");
  t.match(merged, { code: 0, stderr: "" });
  t.match(
    merged.stdout,
    `${old.device} goes on for ${again.device}. rollcall device split ${old.device} undoes`,
  );
  t.match((await rollcall("devices", "--count")).stdout, /^1\n$/);
  t.match((await rollcall("devices", "--possible-duplicates", "--json")).stdout, /^$/);
  t.match((await rollcall("device", old.device)).stdout, `made one with ${again.device}`);
  t.match(await rollcall("device", "split", old.device), {
    code: 0,
    stdout: `${old.device} and ${again.device} are devices of their own again.\n`,
  });
  t.match((await rollcall("devices", "--count")).stdout, /^2\n$/);
});

t.test("says why it merges or splits nothing", async (t) => {
  t.match(await rollcall("device", "merge", "old"), { code: 2, stderr: /two devices or more/ });
  t.match(await rollcall("device", "merge", "old", "nobody"), {
    code: 1,
    stderr: /no device is named nobody/,
  });
  t.match(await rollcall("device", "split", "old"), { code: 1, stderr: /not-merged/ });
});
