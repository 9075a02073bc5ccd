/** Collector of section `graphics`: PCI devices of the display class, and adapters of boards without PCI. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { told } from "../linux/firmware-text.ts";
import {
  type PciDevice,
  type PciNames,
  parseUevent,
  pciNaming,
  pciSources,
  readPciDevices,
} from "../linux/pci.ts";
import { portableGraphics } from "../portable/peripherals.ts";

const drmFolder = "/sys/class/drm";
const nvidiaFolder = "/proc/driver/nvidia/gpus";
const busFolder = "/sys/bus/pci/devices";

export const collector = defineCollector({
  section: "graphics",
  platforms: {
    linux: {
      reads: [...pciSources, drmFolder, nvidiaFolder],
      collect(look) {
        const namesOf = pciNaming(look);
        const onBus = readPciDevices(look)
          .filter((device) => device.class.startsWith("03"))
          .map((device) => adapterOf(look, device, namesOf(device)));
        const adapters = [...onBus, ...onBoard(look)];
        return adapters.length > 0 ? { document: { adapters } } : { nothing: "none" };
      },
    },
    darwin: portableGraphics,
    win32: portableGraphics,
  },
});

function adapterOf(look: Look, { slot, vendor, device, driver }: PciDevice, names: PciNames) {
  return present({
    slot,
    manufacturer: names.manufacturer,
    model: nvidiaModel(look.text(`${nvidiaFolder}/${slot}/information`)) ?? names.model,
    id: `${vendor}:${device}`,
    subsystem: names.subsystem,
    driver,
    memory: memoryOf(look, slot),
  });
}

/** NVIDIA's own driver knows its adapters better than any list: `Model: \t NVIDIA GeForce RTX 4090`. */
export const nvidiaModel = (information: string | undefined): string | undefined =>
  told(/^Model:[ \t]*(.*)$/m.exec(information ?? "")?.[1]);

/** Of amdgpu and xe; others tell nobody by a file. */
const memoryFiles = ["mem_info_vram_total", "tile0/physical_vram_size_bytes"] as const;

function memoryOf(look: Look, slot: string): number | undefined {
  for (const file of memoryFiles) {
    const bytes = parseBytes(look.text(`${busFolder}/${slot}/${file}`)?.trim());
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** amdgpu writes decimals, xe hexadecimals. */
function parseBytes(text = ""): number | undefined {
  const bytes = /^(\d{1,15}|0x[0-9a-f]{1,16})$/i.test(text) ? Number(text) : 0;
  return bytes > 0 ? bytes : undefined;
}

/** Made of nothing, or of what the firmware drew before: no adapters of their own. */
const noAdapters: ReadonlySet<string | undefined> = new Set(["simple-framebuffer", "vkms", "vgem", "evdi"]);

/** Adapters in the chip of a board; its device tree names them: `brcm,bcm2711-vc5`. */
function onBoard(look: Look) {
  return look
    .names(drmFolder)
    .filter((name) => /^card\d+$/.test(name))
    .flatMap((name) => {
      const [, path = "", slot] =
        /^(.*)\/([^/]+)\/drm\/card\d+$/.exec(look.link(`${drmFolder}/${name}`) ?? "") ?? [];
      if (slot === undefined || /\/(pci|virtual|usb)/.test(path)) return [];
      const facts = parseUevent(look.text(`${drmFolder}/${name}/device/uevent`) ?? "");
      const driver = facts.get("DRIVER");
      if (noAdapters.has(driver)) return [];
      return [present({ slot, model: told(facts.get("OF_COMPATIBLE_0")), driver })];
    });
}
