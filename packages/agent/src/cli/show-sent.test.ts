/** `show --sent` and `show --diff`: real processes over a made-up machine, with the server away where it is not needed. */
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { digestOf, isReceiptOf } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { FakeServer } from "../testing/fake-server.ts";

const program = join(import.meta.dirname, "../../bin/rollcall-agent.mjs");

type Files = Readonly<Record<string, string | null>>;

/** Packages of dpkg's status file, as `NAME VERSION`. */
const dpkg = (...packages: readonly string[]) =>
  packages
    .map((text) => text.split(" "))
    .map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`,
    )
    .join("\n");

const status = "var/lib/dpkg/status";
const memory = (kibibytes: number) => `MemTotal: ${kibibytes} kB\n`;

/** A device that has told a server what its machine holds; `change` changes the machine. */
async function told(t: Test, files: Files) {
  const server = await FakeServer.start();
  t.teardown(() => server.stop());
  const root = join(server.folder, "root");
  const change = (changed: Files) => {
    for (const [path, text] of Object.entries(changed)) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      if (text === null) rmSync(file);
      else writeFileSync(file, text);
    }
  };
  const agent = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const places = ["--state", join(server.folder, "state"), "--path-rootfs", root];
      execFile(
        process.execPath,
        [program, ...args, ...places],
        { env: { PATH: "" } },
        (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  const json = async (...args: string[]) => JSON.parse((await agent(...args, "--json")).stdout);
  change(files);
  await agent("enrol", server.enrolmentString(), "--grant", "inventory");
  await agent("check-in");
  return { server, change, agent, json };
}

t.test("shows what was sent with the server's receipt, also when the server is away", async (t) => {
  const { server, change, agent, json } = await told(t, {
    "proc/meminfo": memory(2_048),
    [status]: dpkg("bash 5.2", "zlib1g 1.2"),
  });
  change({ "proc/meminfo": memory(4_096) });
  rmSync(join(server.folder, "agent.sock"));
  const { sections } = await json("show", "--sent");
  t.same(Object.keys(sections).sort(), Object.keys(server.sections).sort());
  const { receipt, ...shown } = sections.memory;
  t.same(shown, { status: "ok", category: "hardware", document: { total: 2_097_152 } });
  t.ok(isReceiptOf(server.receiptKey.publicKey, receipt));
  t.same(receipt.sections.memory, ["ok", digestOf(shown.document)]);
  t.match(await agent("show", "--sent", "memory", "software.deb"), {
    code: 0,
    stdout: /Memory \(memory\) {2}ok {2}hardware; acknowledged 2026-.*check-in 1[\s\S]*2.0 MiB[\s\S]*zlib1g/,
  });
});

t.test("shows nothing that was refused, and says when nothing is known to be acknowledged", async (t) => {
  const { server, change, agent, json } = await told(t, {
    "proc/meminfo": memory(2_048),
    [status]: dpkg("bash 5.2"),
  });
  server.refusing = ["memory"];
  change({ "proc/meminfo": memory(4_096), [status]: dpkg("bash 5.3") });
  await agent("check-in");
  const { sections } = await json("show", "--sent");
  t.same(sections.memory.document, { total: 2_097_152 });
  const receipts = ["memory", "software.deb"].map((name) => sections[name].receipt.counter);
  t.same(receipts, [1, 2], "each with the receipt for what is there");
  rmSync(join(server.folder, "state/acknowledged.json"));
  t.same(await json("show", "--sent"), { sections: {} });
  t.match(await agent("show", "--sent"), { code: 0, stdout: /Nothing of this was acknowledged/ });
});

t.test("shows what changed since, by field and by item", async (t) => {
  const { server, change, agent, json } = await told(t, {
    "proc/meminfo": memory(2_048),
    [status]: dpkg("bash 5.2", "old 1", "zlib1g 1.2"),
  });
  t.match(await agent("show", "--diff"), {
    code: 0,
    stdout: "Nothing changed since the server was last told.\n",
  });
  rmSync(join(server.folder, "agent.sock"));
  change({ "proc/meminfo": memory(4_096), [status]: dpkg("bash 5.3", "new 2", "zlib1g 1.2") });
  const { sections } = await json("show", "--diff");
  t.same(Object.keys(sections).sort(), ["memory", "software.deb"]);
  t.same(sections.memory, {
    change: "changed",
    category: "hardware",
    status: { was: "ok", is: "ok" },
    added: [],
    removed: [],
    changed: [{ place: ["total"], was: 2_097_152, is: 4_194_304 }],
  });
  t.match(sections["software.deb"], {
    added: [{ place: ["packages", "new", "amd64"], value: { name: "new", version: "2" } }],
    removed: [{ place: ["packages", "old", "amd64"], value: { name: "old", version: "1" } }],
    changed: [{ place: ["packages", "bash", "amd64", "version"], was: "5.2", is: "5.3" }],
  });
  t.match(await agent("show", "--diff"), {
    code: 0,
    stdout:
      /~ total: 2097152 → 4194304[\s\S]*\+ packages new amd64: .*version "2"[\s\S]*- packages old amd64/,
  });
});

t.test("shows sections that came and went, and those that could not be looked at", async (t) => {
  const { change, json } = await told(t, { [status]: dpkg("bash 5.2") });
  change({ "proc/meminfo": memory(2_048), [status]: null });
  const none = { added: [], removed: [], changed: [] };
  const { sections } = await json("show", "memory", "software.deb", "--diff");
  t.same(sections, {
    memory: { change: "added", category: "hardware", status: { was: "none", is: "ok" }, ...none },
    "software.deb": { change: "removed", category: "software", status: { was: "ok", is: "none" }, ...none },
  });
  change({ [status]: "no package at all\n" });
  t.same((await json("show", "software.deb", "--diff")).sections["software.deb"], {
    change: "changed",
    category: "software",
    status: { was: "ok", is: "failed" },
    ...none,
  });
});
