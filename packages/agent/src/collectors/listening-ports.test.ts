// Section `listening-ports`: what stays, the programs behind it, and the same as `ss` on this machine.
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import t from "tap";
import { z } from "zod";
import { collected, type Tree } from "../testing/collected.ts";

const line = (local: string, inode: number, state: string) =>
  `0: ${local} 00000000:0000 ${state} 0:0 0:0 0 0 0 ${inode} 1\n`;

const machine: Tree = {
  "/proc/net/tcp":
    line("00000000:0016", 11, "0A") +
    line("0100007F:1F90", 12, "0A") +
    line("0100007F:9C40", 13, "0A") +
    line("00000000:9C41", 14, "0A"),
  "/proc/net/tcp6": line(`${"0".repeat(32)}:0016`, 15, "0A"),
  "/proc/net/udp":
    line("00000000:14E9", 16, "07") + line("00000000:CA6C", 17, "07") + line("00000000:CA6D", 18, "07"),
  "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
  "/proc/50/comm": "sshd\n",
  "/proc/50/exe": { link: "/usr/sbin/sshd" },
  "/proc/50/fd/3": { link: "socket:[11]" },
  "/proc/50/fd/4": { link: "socket:[15]" },
  "/proc/60/comm": "docker-proxy\n",
  "/proc/60/exe": { link: "/usr/bin/docker-proxy" },
  "/proc/60/fd/4": { link: "socket:[14]" },
  "/proc/70/comm": "firefox\n",
  "/proc/70/exe": { link: "/usr/lib/firefox/firefox" },
  "/proc/70/fd/99": { link: "socket:[18]" },
};

const documentSchema = z.object({
  ports: z.array(
    z.object({
      protocol: z.string(),
      address: z.string(),
      port: z.number(),
      programs: z.array(z.string()).optional(),
    }),
  ),
});

t.test("tells what stays, each port once, with its programs", async (t) => {
  const found = await collected(t, "listening-ports", machine);
  t.same([found.status, found.diagnostics], ["ok", []]);
  t.same(documentSchema.parse(found.document).ports, [
    { protocol: "tcp", address: "any", port: 22, programs: ["sshd"] },
    { protocol: "tcp", address: "any", port: 40_001, programs: ["docker-proxy"] },
    { protocol: "tcp", address: "loopback", port: 8_080 },
    { protocol: "udp", address: "any", port: 51_820 },
    { protocol: "udp", address: "any", port: 5_353 },
  ]);
});

t.test("needs a system that runs", async (t) => {
  t.match(await collected(t, "listening-ports", { "/etc/hostname": "x\n" }), { status: "unsupported" });
  t.match(await collected(t, "listening-ports", { "/proc/net/tcp": "" }), { status: "none" });
});

t.test("does not take its own network for another machine's", async (t) => {
  const tree = { ...machine, "/proc/1/net/tcp": line("00000000:0050", 19, "0A") };
  const found = await collected(t, "listening-ports", tree);
  t.same(documentSchema.parse(found.document).ports, [{ protocol: "tcp", address: "any", port: 80 }]);
});

t.test("tells this machine's ports as `ss` does", { skip: withoutSs() }, async (t) => {
  const server = createServer().listen(0, "0.0.0.0");
  await once(server, "listening");
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  t.teardown(() => {
    server.close();
    socket.close();
  });
  // Other programs come and go meanwhile.
  const before = listedBySs();
  const { document } = await collected(t, "listening-ports", null);
  const after = listedBySs();
  const tcp = documentSchema.parse(document).ports.filter(({ protocol }) => protocol === "tcp");
  const told = tcp.map(({ address, port }) => `${address} ${port}`);
  t.same(
    told.filter((each) => !before.has(each) && !after.has(each)),
    [],
  );
  t.same(
    [...before].filter((each) => after.has(each) && !told.includes(each)),
    [],
  );
  const own = Object(server.address()).port;
  t.match(
    tcp.find(({ port }) => port === own),
    { address: "any", programs: [/^node/] },
  );
});

/** As the section has them, without what listens for the machine itself on a client's port. */
function listedBySs(): ReadonlySet<string> {
  const lines = execFileSync("/usr/bin/ss", ["-Hlnt"], { encoding: "utf8" }).split("\n");
  const listed = lines.flatMap((text) => {
    const [, address = "", port = ""] = /^\S+ +\S+ +\S+ +(\S+):(\d+) /.exec(text) ?? [];
    if (port === "") return [];
    if (!/^127\.|^\[::1\]|^\[::ffff:127/.test(address))
      return [`${/^(?:0\.0\.0\.0|\*|\[::\])$/.test(address) ? "any" : "single"} ${port}`];
    return Number(port) < 32_768 || Number(port) > 60_999 ? [`loopback ${port}`] : [];
  });
  return new Set(listed);
}

/** For `skip`. */
function withoutSs(): string | false {
  return existsSync("/usr/bin/ss") ? false : "ss is not installed";
}
