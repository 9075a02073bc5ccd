/** Section `containers`: containers that stand on the machine for all. */
import { choice, flag, list, quantity, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "containers",
  title: "Containers",
  schema: 1,
  category: "system",
  purposes: ["inventory", "security"],
  sources: {
    linux: [
      "/var/lib/docker/containers",
      "/var/snap/docker/common/var-lib-docker/containers",
      "/var/lib/containers/storage",
      "/var/lib/lxc",
      "/etc/libvirt/lxc",
      "/etc/pve/lxc",
      "/var/lib/lxd/containers",
      "/var/snap/lxd/common/lxd/containers",
      "/var/lib/incus/containers",
      "/var/lib/machines",
      "/etc/systemd/system/machines.target.wants",
    ],
  },
  fields: {
    containers: list(
      {
        is: "Containers that stay, running or not. What is run in them is not read.",
        sensitivity: "plain",
        max: 8_192,
        key: ["manager", "name"],
      },
      {
        name: required(text(256, { is: "Name of the container.", sensitivity: "plain", own: true })),
        manager: required(
          choice(["docker", "incus", "libvirt", "lxc", "lxd", "podman", "proxmox", "systemd-nspawn"], {
            is: "The program that it is managed by.",
            sensitivity: "plain",
          }),
        ),
        image: text(512, { is: "Image that it was made from.", sensitivity: "plain" }),
        system: text(128, { is: "Operating system that it was set up for.", sensitivity: "plain" }),
        memory: quantity({
          is: "Memory it may use at most.",
          sensitivity: "plain",
          unit: "bytes",
          max: 2 ** 52,
        }),
        cpus: quantity({
          is: "Processors it may use at most; part of one counts as one.",
          sensitivity: "plain",
          unit: "count",
          max: 65_536,
        }),
        autostart: flag({ is: "Starts with this machine.", sensitivity: "plain" }),
      },
    ),
  },
});
