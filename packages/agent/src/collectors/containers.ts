/** Collector of section `containers`: what the managers of containers keep for the whole machine. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { readDockerContainers } from "../linux/docker.ts";
import { readDomains } from "../linux/libvirt.ts";
import { readLxcContainers } from "../linux/lxc.ts";
import { readPodmanContainers } from "../linux/podman.ts";
import { readGuests } from "../linux/proxmox.ts";

const paths = {
  docker: "/var/lib/docker/containers",
  dockerSnap: "/var/snap/docker/common/var-lib-docker/containers",
  podman: "/var/lib/containers/storage",
  lxc: "/var/lib/lxc",
  libvirt: "/etc/libvirt/lxc",
  proxmox: "/etc/pve/lxc",
  lxd: "/var/lib/lxd/containers",
  lxdSnap: "/var/snap/lxd/common/lxd/containers",
  incus: "/var/lib/incus/containers",
  nspawn: "/var/lib/machines",
  nspawnStarting: "/etc/systemd/system/machines.target.wants",
} as const;

export const collector = defineCollector({
  section: "containers",
  platforms: {
    linux: {
      reads: Object.values(paths),
      collect(look) {
        const guests = readGuests(look, paths.proxmox);
        const containers = [
          ...of("docker", readDockerContainers(look, paths.docker)),
          ...of("docker", readDockerContainers(look, paths.dockerSnap)),
          ...of("podman", readPodmanContainers(look, paths.podman)),
          ...of("proxmox", guests),
          // Proxmox keeps them there, too, under their numbers.
          ...of("lxc", guests.length > 0 ? [] : readLxcContainers(look, paths.lxc)),
          ...of("libvirt", readDomains(look, paths.libvirt)),
          ...of("lxd", [...named(look, paths.lxd), ...named(look, paths.lxdSnap)]),
          ...of("incus", named(look, paths.incus)),
          ...of("systemd-nspawn", readNspawn(look)),
        ];
        return containers.length === 0 ? { nothing: "none" } : { document: { containers } };
      },
    },
  },
});

interface Listed {
  readonly name: string;
  readonly image?: string;
  readonly system?: string;
  readonly memory?: number;
  readonly cpus?: number;
  readonly autostart?: boolean;
}

/** What the section tells of them, and no more. */
function of<M extends string>(manager: M, containers: readonly Listed[]) {
  return containers.map(({ name, image, system, memory, cpus, autostart }) => {
    const listed = { manager, name, image, system, memory, cpus, autostart };
    return present(listed);
  });
}

/** A folder, or a link to one, for each. */
const named = (look: Look, folder: string): Listed[] => look.names(folder).map((name) => ({ name }));

/** Folders and images; what begins with a dot is what machinectl downloaded. */
function readNspawn(look: Look): Listed[] {
  const starting = new Set(look.names(paths.nspawnStarting));
  const names = look.names(paths.nspawn).filter((name) => !name.startsWith("."));
  return [...new Set(names.map((name) => name.replace(/\.raw$/, "")))].map((name) => ({
    name,
    autostart: starting.has(`systemd-nspawn@${name}.service`),
  }));
}
