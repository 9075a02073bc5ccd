/** `rollcall changes`: what changed, for people and for programs. */
import t from "tap";
import { changes } from "../inventory/changes-routes.ts";
import { jsonLines, runHere } from "../testing/command.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const rollcall = (...args: string[]) => runHere(["changes", ...args, "--data", server.directory]);

const ada = await told(server);
server.ahead += 60_000;
await ada.newSession();
const packages = ["openssl 3.0.18-1", "vim 9.1"];
await ada.sent({ "software.deb": machine({ packages })["software.deb"] });
const { body } = await new Inventory(server).get("changes", { limit: 100 });
const { items } = changes.parse(body);
const what =
  "- packages zlib1g amd64 1.2.13; + packages vim amd64 9.1; ~ packages openssl amd64 version: 3.0.17-1 → 3.0.18-1";

t.test("tells a person what changed where, and a program all of it", async (t) => {
  const { code, stdout, stderr } = await rollcall("host:ada", "--since", "7d");
  t.same([code, stderr], [0, ""]);
  const [head, first] = stdout.split("\n");
  t.match(head, /^at +hostname +section +kind +what$/i);
  t.match(first, `${items[0]?.at}  ada       software.deb`);
  t.ok(first?.endsWith(what), "what");
  t.strictSame(jsonLines((await rollcall("--json")).stdout), items);
});

t.test("tells columns, CSV, how many there are, and each device once", async (t) => {
  const [csv, count, ids] = await Promise.all([
    rollcall("--csv", "--columns", "hostname,section,what", "--section", "software.deb"),
    rollcall("--count"),
    rollcall("--ids"),
  ]);
  // The apostrophe: what begins with - is a formula to a spreadsheet.
  t.equal(csv.stdout, `hostname,section,what\nada,software.deb,'${what}\nada,software.deb,\n`);
  t.equal(count.stdout, "6\n");
  t.equal(ids.stdout, `${ada.device}\n`);
});

t.test("says what it does not understand", async (t) => {
  t.match(await rollcall("--since", "401d"), { code: 2, stderr: /since: is at most 400 days ago/ });
  t.match(await rollcall("cats:1"), { code: 2, stderr: /no field/ });
  t.same((await rollcall("host:nobody")).stderr.trim(), "Nothing changed.");
});
