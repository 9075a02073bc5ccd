// Section `services`: what systemd, OpenRC and System V's init would start, as their own tools tell it.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import t from "tap";
import { openLook } from "../collecting/look.ts";
import { parseDescription } from "../linux/init-scripts.ts";
import { parseListedUnits, readUnitFiles, readUnits } from "../linux/systemd-units.ts";
import { collected, machineTree, type Tree } from "../testing/collected.ts";
import { collector, stateOf } from "./services.ts";

const install = "[Install]\nWantedBy=multi-user.target\n";
const unit = (description: string, more = "") => `[Unit]\nDescription=${description}\n[Service]\n${more}`;
const [own, chosen] = ["/usr/lib/systemd/system", "/etc/systemd/system"];

const systemd: Tree = {
  "/run/systemd/system": "folder",
  "/lib": { link: "usr/lib" },
  "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000:Alice:/home/alice:/bin/sh\n",
  [`${own}/ssh.service`]: unit("Secure Shell", "Restart=on-failure\n[Install]\nAlias=sshd.service\n"),
  [`${chosen}/sshd.service`]: { link: "/lib/systemd/system/ssh.service" },
  [`${chosen}/multi-user.target.wants/ssh.service`]: { link: "/lib/systemd/system/ssh.service" },
  [`${own}/dbus.service`]: unit("Message bus"),
  [`${own}/multi-user.target.wants/dbus.service`]: { link: "../dbus.service" },
  [`${own}/web.service`]: unit("of the package", install),
  [`${chosen}/web.service`]: unit("of the administrator", install),
  [`${chosen}/web.service.d/20-b.conf`]: "[Unit]\nDescription=\nDescription=changed again\n",
  [`${own}/web.service.d/10-a.conf`]: "[Unit]\nDescription=changed\n",
  [`${own}/off.service`]: unit("Off"),
  [`${chosen}/off.service`]: { link: "/dev/null" },
  [`${own}/empty.service`]: "",
  [`${own}/helper.service`]: unit("Helper", "[Install]\nAlso=helper.socket\n"),
  [`${chosen}/gone.service`]: { link: "/opt/gone.service" },
  [`${own}/getty@.service`]: unit("Getty on %I", "[Install]\nDefaultInstance=tty1\n"),
  [`${chosen}/getty.target.wants/getty@tty1.service`]: { link: "/lib/systemd/system/getty@.service" },
  [`${own}/sync@.service`]: unit("Files of %i", "[Install]\nWantedBy=multi-user.target\n"),
  [`${chosen}/multi-user.target.wants/sync@alice.service`]: { link: "/lib/systemd/system/sync@.service" },
  [`${own}/procps.service`]: { link: "systemd-sysctl.service" },
  "/etc/init.d/procps": "# Short-Description: has a unit\n",
  "/etc/init.d/web": "# Short-Description: has a unit\n",
  "/etc/init.d/legacy":
    "#!/bin/sh\n### BEGIN INIT INFO\n# Short-Description: An old one\n### END INIT INFO\n",
  "/etc/rc2.d/S01legacy": { link: "../init.d/legacy" },
};

t.test("tells systemd's services as systemctl does, and names no person by one", async (t) => {
  const found = await collected(t, "services", systemd);
  t.same([found.status, found.diagnostics], ["ok", []]);
  t.same(found.document, {
    manager: "systemd",
    services: [
      { name: "dbus", description: "Message bus", start: "static" },
      { name: "empty", start: "masked" },
      { name: "getty@tty1", description: "Getty on tty1", start: "enabled" },
      { name: "helper", description: "Helper", start: "indirect" },
      { name: "legacy", description: "An old one", start: "enabled" },
      { name: "off", start: "masked" },
      { name: "ssh", description: "Secure Shell", start: "enabled" },
      { name: "sync@", description: "Files of", start: "enabled" },
      { name: "web", description: "changed again", start: "disabled" },
    ],
  });
});

t.test("tells OpenRC's services with what it wrote down of them", async (t) => {
  const { document } = await collected(t, "services", {
    "/etc/init.d/sshd": '#!/sbin/openrc-run\ndescription="OpenBSD Secure Shell server"\n',
    "/etc/init.d/crond": "#!/sbin/openrc-run\n",
    "/etc/init.d/ntpd": "#!/sbin/openrc-run\n",
    "/etc/init.d/idle": "#!/sbin/openrc-run\n",
    "/etc/runlevels/default/sshd": { link: "/etc/init.d/sshd" },
    "/etc/runlevels/default/crond": { link: "/etc/init.d/crond" },
    "/etc/runlevels/boot/ntpd": { link: "/etc/init.d/ntpd" },
    "/run/openrc/started/sshd": { link: "/etc/init.d/sshd" },
    "/run/openrc/started/idle": { link: "/etc/init.d/idle" },
    "/run/openrc/failed/ntpd": { link: "/etc/init.d/ntpd" },
  });
  t.same(document, {
    manager: "openrc",
    services: [
      { name: "crond", start: "enabled", state: "inactive" },
      { name: "idle", start: "disabled" },
      { name: "ntpd", start: "enabled", state: "failed" },
      { name: "sshd", description: "OpenBSD Secure Shell server", start: "enabled", state: "active" },
    ],
  });
  t.match(await collected(t, "services", {}), { status: "none", diagnostics: [] });
});

t.test("names no manager where none is seen to run", async (t) => {
  const script = { "/etc/init.d/legacy": "", "/etc/rc3.d/S20legacy": { link: "../init.d/legacy" } };
  const services = [{ name: "legacy", start: "enabled" }];
  t.same((await collected(t, "services", script)).document, { services });
  const { document } = await collected(t, "services", { ...script, "/etc/inittab": "id:3:initdefault:\n" });
  t.same(document, { manager: "sysvinit", services });
  const offline = { "/usr/lib/systemd/systemd": "", [`${own}/a.service`]: unit("A") };
  t.match((await collected(t, "services", offline)).document, {
    manager: "systemd",
    services: [{ name: "a" }],
  });
});

const listed = `ssh.service loaded active running Secure Shell
getty@tty1.service loaded active running Getty on tty1
dbus.service loaded inactive dead Message bus
helper.service loaded active running Helper
web.service loaded activating auto-restart changed
off.service masked inactive dead off.service
auditd.service not-found inactive dead auditd.service
lost.service not-found failed failed lost.service
`;

t.test("says only of what is to run all the time whether it does", (t) => {
  const look = openLook({ root: machineTree(t, systemd), reads: collector.platforms.linux?.reads ?? [] });
  const files = readUnitFiles(look);
  const states = parseListedUnits(listed);
  const told = readUnits(look, files, ".service").map((each) => [each.name, stateOf(each, states, files)]);
  t.same(Object.fromEntries(told), {
    "ssh.service": "active",
    "getty@tty1.service": "active",
    "dbus.service": "inactive",
    "web.service": "failed",
    ...Object.fromEntries(
      ["helper", "off", "empty", "sync@alice"].map((name) => [`${name}.service`, undefined]),
    ),
  });
  t.equal(states.get("lost.service"), "failed");
  t.notOk(states.has("auditd.service"));
  t.end();
});

t.test("leaves out whether something runs that a timer or a client starts", (t) => {
  const tree: Tree = {};
  const wanted = (name: string, more: string) => ({
    [`${own}/${name}.service`]: unit(name, more),
    [`${chosen}/a.wants/${name}.service`]: { link: `${own}/${name}.service` },
  });
  const look = openLook({
    root: machineTree(t, {
      ...tree,
      ...wanted("once", "Type=oneshot\n"),
      ...wanted("stays", "Type=oneshot\nRemainAfterExit=yes\n"),
      ...wanted("timed", ""),
      [`${own}/timed.timer`]: "",
      ...wanted("idle", "Restart=on-failure\n"),
      [`${own}/idle.socket`]: "",
      ...wanted("docker", "Restart=always\n"),
      [`${own}/docker.socket`]: "",
    }),
    reads: collector.platforms.linux?.reads ?? [],
  });
  const files = readUnitFiles(look);
  const units = readUnits(look, files, ".service");
  const states = new Map(units.map(({ name }) => [name, "active" as const]));
  t.same(
    units
      .filter((each) => stateOf(each, states, files) === "active")
      .map(({ name }) => name)
      .sort(),
    ["docker.service", "stays.service"],
  );
  t.end();
});

const systemctl = spawnSync(
  "systemctl",
  ["list-unit-files", "--type=service", "--no-legend", "--no-pager", "--root=/"],
  { encoding: "utf8" },
);
const noSystemctl = systemctl.status === 0 ? false : "systemctl is not installed here";

t.test("tells this machine's as systemctl does, to the last one", { skip: noSystemctl }, async (t) => {
  const theirs = systemctl.stdout.split("\n").flatMap((line) => {
    const [name = "", start = ""] = line.split(/\s+/);
    const isOurs =
      name.endsWith(".service") && !name.includes("@.") && !/^(alias|generated|transient)$/.test(start);
    return isOurs ? [[name.slice(0, -".service".length), start.replace("-runtime", "")]] : [];
  });
  const [first, second] = [await collected(t, "services", null), await collected(t, "services", null)];
  const services: { name: string; start?: string }[] = Object(first.document).services;
  const ours = new Map(services.map(({ name, start }) => [name, start]));
  t.same(
    theirs.filter(([name = "", start]) => ours.get(name) !== start),
    [],
  );
  t.strictSame(second, first, "the same again");
});

t.test("finds a description where a script has one", (t) => {
  t.equal(parseDescription("# Short-Description:  \ndescription='Time'\n"), "Time");
  t.same(["", "description=$name\n", 'description="$name"\n'].map(parseDescription), Array(3));
  t.end();
});

t.test("passes its definition whatever the files hold", async () => {
  const words = fc.constantFrom(
    "[Unit]",
    "[Install]",
    "Description=",
    "a%I",
    "\n",
    "WantedBy=",
    "\\\n",
    "\0",
    "ü",
  );
  const text = fc.oneof(
    fc.array(words, { maxLength: 12 }).map((parts) => parts.join("")),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(text, text, async (one, other) => {
      const { status } = await collected(t, "services", {
        "/run/systemd/system": "folder",
        [`${own}/a@.service`]: one,
        [`${chosen}/b.wants/a@x.service`]: "",
        [`${own}/c.service`]: other,
        "/etc/init.d/d": other,
      });
      return status === "ok";
    }),
    { numRuns: 50 },
  );
});
