// Section `services`: names of units name no person, nobody who connects, and nothing that comes once.
import t from "tap";
import { collected, type Tree } from "../testing/collected.ts";
import { running } from "../testing/running.ts";
import { collector } from "./services.ts";

const linux = collector.platforms.linux;
if (!linux) throw new Error("it is for Linux");

const facts = {
  platform: "linux",
  agentVersion: "0.1.0",
  applications: [],
  server: null,
  location: { level: null },
} as const;

const [own, wanted] = ["/usr/lib/systemd/system", "/etc/systemd/system/multi-user.target.wants"];
const unit = (description: string, account: string) =>
  `[Unit]\nDescription=${description}\n[Service]\nUser=${account}\n`;

const machine: Tree = {
  "/run/systemd/system": "folder",
  [`${own}/sync@.service`]: unit("Files of %i", "%i"),
  [`${wanted}/sync@zoe.service`]: { link: `${own}/sync@.service` },
  [`${own}/db@.service`]: unit("Database %i", "db"),
  [`${wanted}/db@15-main.service`]: { link: `${own}/db@.service` },
};

t.test("names no account that only a directory knows", async (t) => {
  const { document } = await collected(t, "services", machine);
  t.same(document, {
    manager: "systemd",
    services: [
      { name: "db@15-main", description: "Database 15-main", start: "enabled" },
      { name: "sync@", description: "Files of", start: "enabled" },
    ],
  });
});

const failed = [
  "sshd@7-192.0.2.1:22-198.51.100.7:51234",
  "sshd@8-[2001:db8::1]:22-[2001:db8::2]:51235",
  "systemd-coredump@3-4711-1000",
  "run-u12",
  "run-r0123456789abcdef0123456789abcdef",
  `${"0123456789abcdef".repeat(4)}-5e`,
  "run-parts",
  "gone@15-main",
];

t.test("names of what failed neither who connected nor what was made for one run", async (t) => {
  const text = failed.map((name) => `${name}.service loaded failed failed x\n`).join("");
  const { look } = running(t, linux, machine, { "/usr/bin/systemctl": { code: 0, text } });
  const found = await linux.collect(look, facts);
  const services = "document" in found ? found.document.services : [];
  const names = services?.flatMap(({ name, state }) => (state === "failed" ? [name] : []));
  t.same([...new Set(names)], ["sshd@", "systemd-coredump@", "run-parts", "gone@15-main"]);
});
