/** Lists on the command line: a table, NDJSON, ids, CSV, a count; queries and their mistakes. */
import t from "tap";
import { jsonLines, printed, printedHere, run, runHere } from "../testing/command.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { ok, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const inventory = new Inventory(server);
const data = ["--data", server.directory];

const ada = await told(server, {}, { group: "office" });
const bob = await told(server, { hostname: "bob", memory: 2 ** 33, packages: ["openssl 3.0.15-1"] });
const hostile = await told(server, { hostname: "=cmd()", model: 'x,"y"' }, { group: "odd" });
await hostile.sent({
  "operating-system": ok({ hostname: "=cmd()", name: "a\u001b[31m\u202eb\nc", version: "\u009b2J" }),
});

const forbidden = /[[\p{Cc}\p{Cf}]--[\n]]/v;

t.test("shows people a table, without control characters or colours", async (t) => {
  const [all, narrow] = await Promise.all([
    printed(["devices", ...data], { env: { FORCE_COLOR: "1" } }),
    printed(["devices", "-group:odd", "--sort", "-hostname", "--columns", "hostname,serial,groups", ...data]),
  ]);
  const [titles = "", ...rows] = all.trimEnd().split("\n");
  t.equal(
    titles.replaceAll(/ +/g, " "),
    "hostname os os.version manufacturer model groups state lastSeenAt id",
  );
  t.equal(rows.length, 3);
  t.match(rows[0], /^ada +Debian +12\.11 +Babbage +Analytical 12 +office +active +.*Z +dev_/);
  t.match(rows[2], /^=cmd\(\) +a\\u001b\[31m\\u202eb\\u000ac +\\u009b2J +Babbage +x,"y" +odd /);
  t.notMatch(all, forbidden);
  t.equal(narrow, "hostname  serial    groups\nbob       SN-ADA-1  default\nada       SN-ADA-1  office\n");
});

t.test("prints every device whole as NDJSON, as the API tells it", async (t) => {
  const { items } = await inventory.devices();
  const text = await printed(["devices", "--json", ...data]);
  t.same(jsonLines(text), items);
  t.notMatch(text, forbidden);
});

t.test("prints ids, counts and single columns", async (t) => {
  const [ids, jsonIds, count, jsonCount, columns] = await Promise.all([
    printed(["devices", "-group:odd", "--ids", ...data]),
    printedHere(["devices", "host:bob", "--ids", "--json", ...data]),
    printed(["devices", "--count", ...data]),
    printedHere(["devices", "memory:<9GB", "--count", "--json", ...data]),
    printedHere(["devices", "host:bob", "--json", "--columns", "hostname,os.version,country", ...data]),
  ]);
  t.equal(ids, `${ada.device}\n${bob.device}\n`);
  t.same(jsonLines(jsonIds), [{ id: bob.device }]);
  t.equal(count, "3\n");
  t.same(jsonLines(jsonCount), [{ total: 1 }]);
  t.same(jsonLines(columns), [{ hostname: "bob", "os.version": "12.11", country: null }]);
});

t.test("prints CSV that no spreadsheet takes for a formula", async (t) => {
  const text = await printed(["devices", "--csv", "--columns", "hostname,model,os,applications", ...data]);
  t.same(text.trimEnd().split("\n"), [
    "hostname,model,os,applications",
    "ada,Analytical 12,Debian,rollcall-agent@0.1.0",
    "bob,Analytical 12,Debian,rollcall-agent@0.1.0",
    `'=cmd(),"x,""y""","a\\u001b[31m\\u202eb\\u000ac",rollcall-agent@0.1.0`,
  ]);
});

t.test("lists software and facet values in the same forms", async (t) => {
  const [table, json, csv, count, facet] = await Promise.all([
    printed(["software", "ssl", ...data]),
    printedHere(["software", "--json", "--devices", "host:bob", ...data]),
    printedHere(["software", "--csv", "--columns", "name,version,source,devices", "zlib", ...data]),
    printedHere(["software", "--count", ...data]),
    printed(["facets", "host", "-group:odd", ...data]),
  ]);
  const timeless = table.replaceAll(/(\d{4}-\d\d-\d\dT[\d:.]+Z|(first|last)SeenAt) */g, "*");
  t.equal(
    timeless,
    "name     version   source  devices  **\nopenssl  3.0.15-1  deb           1  **\nopenssl  3.0.17-1  deb           2  **\n",
  );
  const { items } = await inventory.softwareSeen({ q: "openssl", deviceQ: "host:bob" });
  t.same(jsonLines(json), items);
  t.equal(csv, "name,version,source,devices\nzlib1g,1.2.13,deb,2\n");
  t.equal(count, "3\n");
  t.equal(facet, "value  devices\nada          1\nbob          1\n");
});

t.test("limits what it prints when asked, and tells a person that there is more", async (t) => {
  const [limited, quiet, json, nothing] = await Promise.all([
    run(["devices", "--limit", "2", "--columns", "hostname", ...data]),
    runHere(["devices", "--limit", "2", "--columns", "hostname", "--quiet", ...data]),
    runHere(["software", "--limit", "1", "--json", ...data]),
    runHere(["devices", "host:nobody", ...data]),
  ]);
  t.same(limited, { code: 0, stdout: "hostname\nada\nbob\n", stderr: "2 of 3; --limit N shows more.\n" });
  t.same(quiet, { code: 0, stdout: "hostname\nada\nbob\n", stderr: "" });
  t.equal(jsonLines(json.stdout).length, 1);
  t.same([json.code, json.stderr], [0, "The first 1; --limit N shows more.\n"]);
  t.same(nothing, { code: 0, stdout: "", stderr: "No device is found.\n" });
});

t.test("ends with 2 and one line for a list that cannot be", async (t) => {
  const cases: readonly (readonly [RegExp, ...string[]])[] = [
    [/At position 5: there is no field "ram"/, "devices", "ada", "ram:4"],
    [/^rollcall: There is no field "cats"; fields are /, "facets", "cats"],
    [/there is no column cats; columns are id, hostname/, "devices", "--columns", "id,cats"],
    [/--ids and --csv do not go together/, "devices", "--csv", "--ids"],
    [/--csv and --json do not go together/, "software", "--csv", "--json"],
    [/unknown option '--frob' \(--help/, "devices", "os:debian", "--frob"],
    [/Allowed choices are enrolled/, "devices", "--sort", "serial"],
    [/0 is no whole number above zero/, "devices", "--limit", "0"],
  ];
  for (const [words, ...args] of cases) {
    const end = await runHere([...args, ...data]);
    t.match(end, { code: 2, stdout: "", stderr: words }, args.join(" "));
    t.equal(end.stderr.split("\n").length, 2, "one line");
  }
  t.match(await run(["devices", "ram:4", ...data]), { code: 2, stdout: "", stderr: /At position 1: / });
});

t.test("prints a list of more than a page whole", async (t) => {
  const names = Array.from({ length: 2_300 }, (_, number) => `package-${String(number).padStart(4, "0")}`);
  // All of it is indexed, for it is the first that this device tells.
  await told(server, { hostname: "eve", packages: names.map((name) => `${name} 1`) });
  const [titles, values] = await Promise.all([
    printedHere(["software", "package-", "--json", ...data]),
    printedHere(["facets", "software", "host:eve", "--csv", ...data]),
  ]);
  t.same(
    jsonLines(titles).map((title) => Object(title).name),
    names,
  );
  t.same(values.trimEnd().split("\n"), ["value,devices", ...names.map((name) => `${name},1`)]);
});
