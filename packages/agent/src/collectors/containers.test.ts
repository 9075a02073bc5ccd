// Containers that stand on the machine; what runs in them stays out of it.
import t from "tap";
import { dockerContainer } from "../linux/docker.ts";
import { parseLxcConfig } from "../linux/lxc.ts";
import { collected } from "../testing/collected.ts";

const section = "containers";
const json = (value: unknown) => JSON.stringify(value);
const [web, job, broken] = ["a", "b", "c"].map((digit) => `/var/lib/docker/containers/${digit.repeat(64)}`);

const secret = "POSTGRES_PASSWORD=hunter2";

t.test("tells the containers of every manager once, and nothing of what runs in them", async (t) => {
  const found = await collected(t, section, {
    [`${web}/config.v2.json`]: json({
      Name: "/web",
      Path: "nginx",
      Args: ["-c", secret],
      State: { Running: true, Pid: 4711 },
      Config: { Image: "nginx:1.25", Env: [secret], Cmd: [secret], Hostname: "web" },
    }),
    [`${web}/hostconfig.json`]: json({
      Memory: 536_870_912,
      NanoCpus: 1_500_000_000,
      RestartPolicy: { Name: "always" },
    }),
    [`${job}/config.v2.json`]: json({ Name: "/job", Config: { Image: "alpine" } }),
    [`${job}/hostconfig.json`]: json({ AutoRemove: true }),
    [`${broken}/config.v2.json`]: `{"Name":"/br`,
    "/var/lib/containers/storage/overlay-containers/containers.json": json([
      {
        id: "1",
        names: ["db"],
        metadata: json({ "image-name": "docker.io/library/postgres:16", name: "db" }),
      },
      { id: "2", names: ["plain"] },
      { id: "3", names: ["pod-infra"], metadata: json({ name: "5f0-infra" }) },
      { id: "4", names: ["k8s"], metadata: json({ name: "k8s", "pod-id": "4" }) },
      "nonsense",
    ]),
    "/var/lib/lxc/ct/config": "lxc.uts.name = ct\nlxc.start.auto = 1\nlxc.cgroup2.memory.max = 512M\n",
    "/var/lib/lxc/lxc-monitord.log": "",
    "/var/lib/incus/containers/build": { link: "../storage-pools/default/containers/build" },
    "/var/lib/machines/deb": "folder",
    "/var/lib/machines/fedora.raw": "",
    "/var/lib/machines/.raw-http": "folder",
    "/etc/systemd/system/machines.target.wants/systemd-nspawn@deb.service": {
      link: "/lib/systemd/system/systemd-nspawn@.service",
    },
    "/etc/libvirt/lxc/box.xml":
      "<domain type='lxc'><name>box</name><memory unit='KiB'>1024</memory><vcpu>1</vcpu></domain>",
  });
  t.notMatch(json(found), "hunter2");
  t.same(found, {
    status: "ok",
    document: {
      containers: [
        {
          manager: "docker",
          name: "web",
          image: "nginx:1.25",
          memory: 536_870_912,
          cpus: 2,
          autostart: true,
        },
        { manager: "incus", name: "build" },
        { manager: "libvirt", name: "box", memory: 2 ** 20, cpus: 1, autostart: false },
        { manager: "lxc", name: "ct", memory: 512 * 2 ** 20, autostart: true },
        { manager: "podman", name: "db", image: "docker.io/library/postgres:16" },
        { manager: "podman", name: "plain" },
        { manager: "systemd-nspawn", name: "deb", autostart: true },
        { manager: "systemd-nspawn", name: "fedora", autostart: false },
      ],
    },
    readings: {},
    diagnostics: [`${broken}/config.v2.json: not JSON`],
  });
});

t.test("tells containers of Proxmox VE by name, not again by number", async (t) => {
  const found = await collected(t, section, {
    "/etc/pve/lxc/105.conf": "hostname: dns\nostype: debian\nmemory: 512\ncores: 1\n",
    "/var/lib/lxc/105/config": "lxc.uts.name = dns\n",
  });
  t.same(found.document, {
    containers: [
      {
        manager: "proxmox",
        name: "dns",
        system: "debian",
        memory: 512 * 2 ** 20,
        cpus: 1,
        autostart: false,
      },
    ],
  });
});

t.test("has nothing to tell where there are none", async (t) => {
  t.match(await collected(t, section, { "/var/lib/machines": "folder" }), { status: "none" });
});

t.test("takes 0 for no limit, and what a file does not tell for unknown", async (t) => {
  const config = { Name: "/a" };
  t.same(dockerContainer(config, { Memory: 0, NanoCpus: 0, RestartPolicy: { Name: "no" } }), {
    name: "a",
    autostart: false,
  });
  t.same(dockerContainer(config, undefined), { name: "a" });
  t.equal(dockerContainer({ Name: "/k8s_web" }, {}), undefined);
  t.equal(dockerContainer([], {}), undefined);
});

t.test("takes the last word of a container's configuration", async (t) => {
  t.same(parseLxcConfig("lxc.start.auto = 1\nlxc.start.auto = 0\n# lxc.start.auto = 1"), {
    autostart: false,
  });
  t.same(parseLxcConfig("lxc.cgroup.memory.limit_in_bytes=1g\n"), { memory: 2 ** 30, autostart: false });
  t.same(parseLxcConfig("lxc.cgroup2.memory.max = max"), { autostart: false });
});
