// Section `security`: what guards a machine, by its files, and nothing made of what a file does not say.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { countProfiles, parseLockdown } from "../linux/access-control.ts";
import { parseClamHeader } from "../linux/antivirus.ts";
import { gnomeLock } from "../linux/screen-locks.ts";
import { parsePublicKey, parseSshSettings } from "../linux/ssh-server.ts";
import { collected, type Tree } from "../testing/collected.ts";

const wants = "/etc/systemd/system/multi-user.target.wants";
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDhJ6m5mK0mVYq0iNn8Y1q2Z4lq1l5q3l9b0pZ0aQ7mA root@host\n";

const tree: Tree = {
  "/etc/ufw/ufw.conf": "ENABLED=yes\nLOGLEVEL=low\n",
  "/etc/default/ufw": 'DEFAULT_INPUT_POLICY="DROP"\n',
  "/etc/nftables.conf":
    "table inet filter {\n chain input {\n  type filter hook input priority filter; policy accept;\n }\n}\n",
  "/sys/module/apparmor/parameters/enabled": "Y\n",
  "/sys/kernel/security/apparmor/profiles":
    "/usr/sbin/ntpd (enforce)\nlsb release (v1) (enforce)\nman (complain)\nx (unconfined)\n",
  "/sys/kernel/security/lockdown": "none [integrity] confidentiality\n",
  "/etc/selinux/config": "# c\nSELINUX=permissive\nSELINUXTYPE=targeted\n",
  "/proc/sys/kernel/randomize_va_space": "2\n",
  "/proc/sys/crypto/fips_enabled": "0\n",
  "/usr/bin/clamscan": "",
  "/var/lib/clamav/daily.cld": "ClamAV-VDB:07 Jun 2024 04-27 -0400:27299:2062:90:x",
  "/opt/CrowdStrike/falconctl": "",
  "/etc/ssh/sshd_config":
    "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin without-password\npasswordauthentication=yes\nMatch User x\n  PermitEmptyPasswords yes\n",
  "/etc/ssh/sshd_config.d/50-local.conf": "PasswordAuthentication no\n",
  "/etc/ssh/sshd_config.d/60-later.conf": "PasswordAuthentication yes\n",
  "/etc/ssh/ssh_host_ed25519_key.pub": key,
  "/etc/ssh/ssh_host_ed25519_key": "never opened",
  "/etc/dconf/db/local.d/00-lock":
    "[org/gnome/desktop/session]\nidle-delay=uint32 300\n[org/gnome/desktop/screensaver]\nlock-enabled=true\nlock-delay=uint32 30\n",
  "/etc/dconf/db/local.d/locks/lock":
    "/org/gnome/desktop/screensaver/lock-enabled\n/org/gnome/desktop/session/idle-delay\n",
  "/etc/dconf/db/gdm.d/00-lock": "[org/gnome/desktop/session]\nidle-delay=uint32 1\n",
  "/etc/xdg/kscreenlockerrc": "[Daemon]\nAutolock[$i]=true\nTimeout=10\n",
};

t.test("tells what guards the machine", async (t) => {
  const found = await collected(t, "security", tree);
  t.same([found.status, found.diagnostics], ["ok", []]);
  t.same(found.document, {
    firewalls: [
      { name: "nftables", enabled: false },
      { name: "ufw", enabled: true, incoming: "drop" },
    ],
    firewall: "enabled",
    selinux: { state: "disabled", configured: "permissive", policy: "targeted" },
    apparmor: { state: "enabled", enforced: 2, complaining: 1 },
    lockdown: "integrity",
    addressRandomisation: "full",
    fips: false,
    antivirus: [
      { name: "ClamAV", definitionsAt: "2024-06-07T00:00:00.000Z" },
      { name: "CrowdStrike Falcon" },
    ],
    screenLocks: [
      { desktop: "gnome", enabled: true, afterSeconds: 330, mandatory: true },
      { desktop: "kde", enabled: true, afterSeconds: 600, mandatory: true },
    ],
    ssh: { permitRootLogin: "prohibit-password", passwordAuthentication: "no" },
    sshHostKeys: [{ fingerprint: parsePublicKey(key)?.fingerprint, type: "ssh-ed25519", bits: 256 }],
  });
  t.match(await collected(t, "security", {}), { status: "none", diagnostics: [] });
});

t.test("knows firewalls of other systems, and which of them are started", async (t) => {
  const firewallsOf = async (files: Tree) => {
    const { firewall, firewalls } = Object((await collected(t, "security", files)).document);
    return [firewall, firewalls];
  };
  const firewalld = {
    "/usr/sbin/firewalld": "",
    "/etc/firewalld/firewalld.conf": "# x\nDefaultZone=public\n",
  };
  t.same(await firewallsOf(firewalld), [
    "disabled",
    [{ name: "firewalld", enabled: false, incoming: "zone public" }],
  ]);
  t.same(
    await firewallsOf({
      ...firewalld,
      [`${wants}/firewalld.service`]: { link: "/usr/lib/systemd/system/firewalld.service" },
    }),
    ["enabled", [{ name: "firewalld", enabled: true, incoming: "zone public" }]],
  );
  const rules = {
    "/etc/iptables/rules.v4": "*filter\n:INPUT DROP [0:0]\n",
    [`${wants}/netfilter-persistent.service`]: { link: "x" },
  };
  t.same(await firewallsOf(rules), ["enabled", [{ name: "iptables", enabled: true, incoming: "drop" }]]);
  const alpine = {
    "/etc/nftables.conf": "chain input { type filter hook input priority 0; policy drop; }",
    "/etc/runlevels/boot/nftables": { link: "x" },
  };
  t.same(await firewallsOf(alpine), ["enabled", [{ name: "nftables", enabled: true, incoming: "drop" }]]);
});

t.test("tells whether the root file system is encrypted", async (t) => {
  const isEncrypted = async (uuid: string) => {
    const { document } = await collected(t, "security", {
      "/proc/1/mountinfo": "1 0 253:0 / / rw - ext4 /dev/mapper/root rw\n",
      "/sys/block/dm-0/dev": "253:0\n",
      "/sys/block/dm-0/dm/name": "root\n",
      "/sys/block/dm-0/dm/uuid": uuid,
      "/sys/block/dm-0/slaves/sda": "folder",
      "/sys/block/sda/dev": "8:0\n",
    });
    return Object(document).rootEncrypted;
  };
  t.equal(await isEncrypted("CRYPT-LUKS2-0123-root\n"), true);
  t.equal(await isEncrypted("LVM-0123\n"), false);
});

const keygen = spawnSync("/usr/bin/ssh-keygen", ["-?"]);

t.test(
  "prints fingerprints as ssh-keygen does",
  { skip: keygen.error ? "ssh-keygen is not installed here" : false },
  (t) => {
    const folder = t.testdir();
    for (const [type, bits] of [
      ["rsa", "1024"],
      ["rsa", "2056"],
      ["ecdsa", "384"],
      ["ed25519", "256"],
    ] as const) {
      const file = join(folder, `${type}${bits}`);
      spawnSync("/usr/bin/ssh-keygen", ["-q", "-t", type, "-b", bits, "-N", "", "-f", file]);
      const [length, fingerprint] = spawnSync("/usr/bin/ssh-keygen", ["-lf", `${file}.pub`], {
        encoding: "utf8",
      }).stdout.split(" ");
      const line = spawnSync("/usr/bin/ssh-keygen", ["-yf", file], { encoding: "utf8" }).stdout;
      const { fingerprint: ours, bits: counted } = Object(parsePublicKey(line));
      t.same([String(counted), ours], [length, fingerprint]);
    }
    t.end();
  },
);

t.test("believes no key that is not what it says", (t) => {
  const [type = "", body = ""] = key.split(" ");
  t.same(
    ["", type, `${type} AAAA`, `ssh-rsa ${body}`, `${type} ${body.slice(0, 40)}`, "not a key at all"].map(
      parsePublicKey,
    ),
    Array(6),
  );
  t.same([...parseSshSettings("Match all\nPermitRootLogin yes\n", () => [])], []);
  t.same(
    [...parseSshSettings('Port "22"\nport 23\nInclude /etc/other.conf\n', () => ["x y\n"])],
    [
      ["port", "22"],
      ["include", "/etc/other.conf"],
    ],
  );
  t.end();
});

t.test("makes nothing of what a file does not say", (t) => {
  t.same(["", "ClamAV-VDB:99 Xyz 2024 :", "07 Jun 2024"].map(parseClamHeader), Array(3));
  t.same(["", "none integrity", "[other]"].map(parseLockdown), Array(3));
  t.same(countProfiles("no mode\n"), { enforced: 0, complaining: 0 });
  t.same(gnomeLock(new Map(), new Set()), undefined);
  t.same(gnomeLock(new Map([["/org/gnome/desktop/session/idle-delay", "uint32 0"]]), new Set()), {
    desktop: "gnome",
    enabled: false,
    mandatory: false,
  });
  t.end();
});

t.test("passes its definition whatever the files hold", async () => {
  const paths = Object.keys(tree).filter((path) => !path.startsWith("/opt/"));
  const text = fc.oneof(
    fc.constantFrom("[", "[Daemon]\nTimeout=99999999999\n", "ssh-rsa AAAA", "hook input policy", "2", "\n="),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: paths.length, maxLength: paths.length }), async (texts) => {
      const files = Object.fromEntries(paths.map((path, number) => [path, texts[number] ?? ""]));
      return (await collected(t, "security", files)).status === "ok";
    }),
    { numRuns: 40 },
  );
});
