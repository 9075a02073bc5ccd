// Section `identifiers`: a hint that one server can compare, and never the machine id.
import { createHash, createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { agentApplication } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { runCollector } from "../collecting/run-collector.ts";
import { collected } from "../testing/collected.ts";
import { collector, machineHint, parseMachineId, parseMachineUuid } from "./identifiers.ts";

const id = "3d1219c7c4c5404aaa1f6d2a48adfda4";
const server = "b".repeat(43);
const enrolled = { facts: { server } };

t.test("tells the machine id under application and server, as documented", async (t) => {
  const found = await collected(t, "identifiers", { "/etc/machine-id": `${id}\n` }, enrolled);
  const key = createHash("sha256")
    .update(Buffer.from(`${agentApplication}\n${server}`))
    .digest();
  const machine = createHmac("sha256", key).update(Buffer.from(id)).digest("base64url");
  t.same([found.status, found.document, found.diagnostics], ["ok", { machine }, []]);
  t.equal(
    machine,
    "JeDeifGF7W5bOFubccnRJem8X_EjqPVMox76p3Q5bog",
    "the bytes are fixed: another layout would tell every device anew",
  );
  t.not(machine, machineHint(id, "c".repeat(43)));
  t.not(machine, machineHint(`4${id.slice(1)}`, server));
});

t.test("takes D-Bus' id where the system has none", async (t) => {
  const machine = machineHint(id, server);
  const dbus = { "/var/lib/dbus/machine-id": id };
  t.same((await collected(t, "identifiers", dbus, enrolled)).document, { machine });
  const early = { ...dbus, "/etc/machine-id": "uninitialized\n" };
  t.same((await collected(t, "identifiers", early, enrolled)).document, { machine });
  const both = { "/etc/machine-id": id, "/var/lib/dbus/machine-id": `4${id.slice(1)}` };
  t.same((await collected(t, "identifiers", both, enrolled)).document, { machine });
});

t.test("refuses what is no machine id", async (t) => {
  const wrong = [
    "",
    "\n",
    "uninitialized\n",
    "pc-07\n",
    id.toUpperCase(),
    ` ${id}`,
    `${id}0`,
    `${id}\n\n`,
    `${id} `,
  ];
  for (const text of [
    ...wrong,
    id.slice(1),
    "0".repeat(32),
    "f".repeat(32),
    `${id}\n${id}\n`,
    "g".repeat(32),
  ]) {
    t.equal(parseMachineId(text), undefined, JSON.stringify(text));
    t.match(await collected(t, "identifiers", { "/etc/machine-id": text }, enrolled), { status: "none" });
  }
  t.match(await collected(t, "identifiers", {}, enrolled), { status: "none", diagnostics: [] });
});

t.test("tells before enrolment only that there is one", async (t) => {
  const found = await collected(t, "identifiers", { "/etc/machine-id": `${id}\n` });
  t.match(found, { status: "none", document: undefined, diagnostics: [/^there is a machine id/] });
  t.notOk(JSON.stringify(found).includes(id));
});

t.test("reads the UUIDs of macOS and Windows in either case", async (t) => {
  const uuid = "3D1219C7-C4C5-404A-AA1F-6D2A48ADFDA4";
  t.same([uuid, `${uuid.toLowerCase()}\r\n`, id].map(parseMachineUuid), [id, id, id]);
  const zero = uuid.replaceAll(/[^-]/g, "0");
  t.same(["", zero, uuid.slice(1), `${uuid}0`, "DESKTOP-07", `{${uuid}}`].map(parseMachineUuid), Array(6));
});

const idIn = (file: string) => parseMachineId(existsSync(file) ? readFileSync(file, "utf8") : "");

t.test("asks the system itself on macOS and Windows, of the running one alone", async (t) => {
  const facts = {
    platform: "darwin",
    agentVersion: "1",
    applications: [],
    server,
    location: { level: null },
  } as const;
  // The library goes by the platform it runs on, and here tells what the files say.
  const own = idIn("/var/lib/dbus/machine-id") ?? idIn("/etc/machine-id");
  const expected = own === undefined ? undefined : { machine: machineHint(own, server) };
  t.same((await runCollector(collector, null, facts)).document, expected);
  t.match(await runCollector(collector, t.testdir(), facts), { status: "none", document: undefined });
});

t.test("never tells any part of the machine id", async (t) => {
  const own = idIn("/etc/machine-id") ?? idIn("/var/lib/dbus/machine-id");
  const found = await collected(t, "identifiers", "/", enrolled);
  t.same(found.document, own === undefined ? undefined : { machine: machineHint(own, server) });
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array(),
      fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 32, maxLength: 32 }),
      async (bytes, digits) => {
        const machine = { "/etc/machine-id": bytes, "/var/lib/dbus/machine-id": digits };
        const { status, document } = await collected(t, "identifiers", machine, enrolled);
        return (
          status === "none" || (status === "ok" && !JSON.stringify(document).includes(digits.slice(0, 8)))
        );
      },
    ),
    { numRuns: 100 },
  );
});
