/** Section `virtual-machines`: machines that this one is set up to run. */
import { choice, flag, list, quantity, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "virtual-machines",
  title: "Virtual machines",
  schema: 1,
  category: "system",
  purposes: ["inventory", "security"],
  sources: { linux: ["/etc/libvirt", "/etc/pve/qemu-server"] },
  fields: {
    machines: list(
      {
        is: "Virtual machines that are set up for all, running or not.",
        sensitivity: "plain",
        max: 4_096,
        key: ["manager", "name"],
      },
      {
        name: required(text(256, { is: "Name of the machine.", sensitivity: "plain", own: true })),
        manager: required(
          choice(["libvirt", "proxmox"], { is: "The program that it is set up with.", sensitivity: "plain" }),
        ),
        type: text(32, { is: "Kind of virtualisation, such as kvm.", sensitivity: "plain" }),
        uuid: text(36, {
          is: "The machine's own UUID, which it tells of itself, too.",
          sensitivity: "sensitive",
          own: true,
        }),
        system: text(128, { is: "Operating system that it was set up for.", sensitivity: "plain" }),
        memory: quantity({ is: "Memory it may use.", sensitivity: "plain", unit: "bytes", max: 2 ** 52 }),
        cpus: quantity({ is: "Processors it may use.", sensitivity: "plain", unit: "count", max: 65_536 }),
        autostart: flag({ is: "Starts with this machine.", sensitivity: "plain" }),
      },
    ),
  },
});
