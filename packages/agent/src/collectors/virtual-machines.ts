/** Collector of section `virtual-machines`: what libvirt and Proxmox VE are set up to run. */
import { defineCollector } from "../collecting/collector.ts";
import { readDomains } from "../linux/libvirt.ts";
import { readGuests } from "../linux/proxmox.ts";

/** A folder for each of libvirt's drivers of machines; that of containers is not among them. */
const libvirtFolders = [
  "/etc/libvirt/qemu",
  "/etc/libvirt/libxl",
  "/etc/libvirt/bhyve",
  "/etc/libvirt/ch",
] as const;
const proxmoxFolder = "/etc/pve/qemu-server";

export const collector = defineCollector({
  section: "virtual-machines",
  platforms: {
    linux: {
      reads: [...libvirtFolders, proxmoxFolder],
      collect(look) {
        const domains = libvirtFolders.flatMap((folder) => readDomains(look, folder));
        const guests = readGuests(look, proxmoxFolder);
        const machines = [
          ...domains.map((domain) => ({ manager: "libvirt" as const, ...domain })),
          ...guests.map((guest) => ({ manager: "proxmox" as const, type: "kvm", ...guest })),
        ];
        return machines.length === 0 ? { nothing: "none" } : { document: { machines } };
      },
    },
  },
});
