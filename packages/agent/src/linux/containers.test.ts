// In whose container the system runs, and when it runs in none.
import t, { type Test } from "tap";
import { openLook } from "../collecting/look.ts";
import { machineTree, type Tree } from "../testing/collected.ts";
import { containerOfCgroup, containerOfMounts, containerSources, readContainer } from "./containers.ts";
import { parseMountinfo } from "./mounts.ts";

const container = (t: Test, tree: Tree) =>
  readContainer(openLook({ root: machineTree(t, tree), reads: containerSources }));
const id = "0123456789abcdef0123456789abcdef";

t.test("takes what a container left in an image for nothing", async (t) => {
  const booted = { "/proc/1/cgroup": "0::/\n", "/proc/2/comm": "kthreadd\n", "/.dockerenv": "" };
  t.equal(container(t, booted), undefined);
  t.equal(container(t, { ...booted, "/run/.containerenv": "" }), undefined);
  t.equal(container(t, { ...booted, "/run/systemd/container": "podman\n" }), undefined);
  t.equal(container(t, { "/.dockerenv": "" }), undefined);
  t.equal(container(t, {}), undefined);
});

t.test("believes what managers write where the first processes are not the kernel's", async (t) => {
  const inside = { "/proc/1/cgroup": "0::/\n" };
  t.equal(container(t, { ...inside, "/run/systemd/container": "systemd-nspawn\n" }), "systemd-nspawn");
  t.equal(container(t, { ...inside, "/run/host/container-manager": "lxc" }), "lxc");
  t.equal(container(t, { ...inside, "/run/systemd/container": "oci\n" }), "container-other");
  t.equal(container(t, { ...inside, "/run/.containerenv": "" }), "podman");
  t.equal(container(t, { "/proc/vz": "folder" }), "openvz");
  t.equal(
    container(t, { "/proc/vz": "folder", "/proc/bc": "folder" }),
    undefined,
    "the host of such containers",
  );
  t.equal(container(t, { "/proc/sys/kernel/osrelease": "5.15.153.1-microsoft-standard-WSL2\n" }), "wsl");
  t.equal(container(t, { "/proc/sys/kernel/osrelease": "6.8.0-1021-azure\n" }), undefined);
});

t.test("knows the container by the control group of its first process", async (t) => {
  const groups = {
    [`12:pids:/docker/${id}\n`]: "docker",
    [`0::/system.slice/docker-${id}.scope\n`]: "docker",
    [`0::/machine.slice/libpod-${id}.scope\n`]: "podman",
    "9:cpu:/lxc/web/init.scope\n": "lxc",
    "0::/lxc.payload.web/init.scope\n": "lxc",
    "0::/machine.slice/systemd-nspawn@web.service/payload\n": "systemd-nspawn",
    [`11:cpu:/kubepods/burstable/pod1/${id}\n`]: "container-other",
    [`0::/kubepods.slice/cri-containerd-${id}.scope\n`]: "container-other",
    "0::/init.scope\n": undefined,
    "1:name=systemd:/\n": undefined,
    "0::/system.slice/docker.service\n": undefined,
  };
  for (const [cgroup, name] of Object.entries(groups)) t.equal(containerOfCgroup(cgroup), name, cgroup);
  t.equal(
    container(t, { "/proc/1/cgroup": `1:cpu:/docker/${id}\n`, "/proc/2/comm": "kthreadd\n" }),
    "docker",
  );
});

t.test("knows the container by what is laid over its image", async (t) => {
  const root = (options: string) => `1 0 0:40 / / rw - overlay overlay rw,lowerdir=${options}`;
  const file = (from: string, at: string) => `2 1 8:1 ${from} ${at} rw - ext4 /dev/sda1 rw`;
  const name = (...lines: string[]) => containerOfMounts(parseMountinfo(lines.join("\n")));
  t.equal(name(root("/var/lib/docker/overlay2/l/A:/var/lib/docker/overlay2/l/B")), "docker");
  t.equal(name(root("/var/lib/containers/storage/overlay/l/A")), "podman");
  t.equal(name(root("/var/lib/x/io.containerd.snapshotter.v1.overlayfs/1/fs")), "container-other");
  t.equal(name(file(`/var/lib/docker/containers/${id}/hosts`, "/etc/hosts")), "docker");
  t.equal(
    name(
      root("/var/lib/docker/x/io.containerd.snapshotter.v1/1"),
      file(`/docker/containers/${id}/hosts`, "/etc/hosts"),
    ),
    "docker",
    "by its own files, though built on containerd",
  );
  t.equal(name(file("/var/lib/kubelet/pods/1/etc-hosts", "/etc/hosts")), "container-other");
  t.equal(name("3 1 0:50 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw"), "lxc");
});

t.test("reads the mounts where the control groups are hidden", async (t) => {
  const mountinfo = "1 0 0:40 / / rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A\n";
  t.equal(container(t, { "/proc/1/cgroup": "0::/\n", "/proc/self/mountinfo": mountinfo }), "docker");
});

t.test("takes the host of containers for none", async (t) => {
  const mounts = parseMountinfo(
    [
      "1 0 8:1 / / rw - ext4 /dev/sda1 rw",
      "2 1 0:41 / /var/lib/docker/overlay2/a/merged rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A",
      "3 1 0:50 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw",
    ].join("\n"),
  );
  t.equal(containerOfMounts(mounts), undefined);
});
