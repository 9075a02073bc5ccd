/** The Mac itself, its firmware, processors and memory, as system_profiler(8) tells them. */
import { machine } from "node:os";
import { type Look, present } from "../collecting/collector.ts";
import { isDict, listAt, numberAt, type PlistDict, textAt } from "./plist.ts";
import { known, memoryBytes, type Profile, readProfile, systemProfiler } from "./system-profiler.ts";

const manufacturer = "Apple Inc.";
const hardwareType = "SPHardwareDataType";
const memoryType = "SPMemoryDataType";
const programs = [systemProfiler];

const hardwareOf = (profile: Profile): PlistDict | undefined => profile(hardwareType)[0];

export const darwinSystem = {
  reads: [],
  programs,
  async collect(look: Look) {
    const document = macOf(await readProfile(look, hardwareType));
    return document ? { document } : { nothing: "none" as const };
  },
};

function macOf(profile: Profile) {
  const hardware = hardwareOf(profile);
  if (!hardware) return undefined;
  const family = textAt(hardware, "machine_name");
  const type = family === undefined ? undefined : chassisOf(family);
  return present({
    manufacturer,
    model: textAt(hardware, "machine_model"),
    sku: known(textAt(hardware, "model_number")),
    family,
    serial: known(textAt(hardware, "serial_number")),
    uuid: known(textAt(hardware, "platform_UUID")),
    chassis: type === undefined ? undefined : { type },
    // A guest has such a model under Apple's own hypervisor.
    virtualization: /^VirtualMac|^VMware|^Parallels/.exec(textAt(hardware, "machine_model") ?? "")?.[0],
  });
}

/** In the words of SMBIOS. */
const chassis: readonly (readonly [RegExp, string])[] = [
  [/^MacBook/, "notebook"],
  [/^iMac/, "all in one"],
  [/^(?:Mac mini|Mac Studio)/, "mini PC"],
  [/^Mac Pro/, "tower"],
  [/^Xserve/, "rack mount chassis"],
];

const chassisOf = (family: string): string | undefined =>
  chassis.find(([pattern]) => pattern.test(family))?.[1];

export const darwinFirmware = {
  reads: [],
  programs,
  async collect(look: Look) {
    const hardware = hardwareOf(await readProfile(look, hardwareType));
    const version = textAt(hardware, "boot_rom_version") ?? textAt(hardware, "system_firmware_version");
    if (version === undefined) return { nothing: "none" as const };
    return { document: { vendor: manufacturer, version } };
  },
};

export const darwinProcessor = {
  reads: [],
  programs,
  async collect(look: Look) {
    const document = processorsOf(await readProfile(look, hardwareType), look.live ? machine() : undefined);
    return document ? { document } : { nothing: "none" as const };
  },
};

/** Intel's Macs tell sockets and cores in all, Apple's chips "proc 8:4:4": all, performance, efficiency. */
function processorsOf(profile: Profile, architecture: string | undefined) {
  const hardware = hardwareOf(profile);
  const model = textAt(hardware, "chip_type") ?? textAt(hardware, "cpu_type");
  if (model === undefined) return undefined;
  const count = /^proc (\d{1,4})(?::|$)/.exec(textAt(hardware, "number_processors") ?? "")?.[1];
  const cores = count === undefined ? numberAt(hardware, "number_processors") : Number(count);
  const sockets = Math.min(numberAt(hardware, "packages") ?? 1, 64);
  const perSocket = cores === undefined ? undefined : Math.floor(cores / sockets);
  return present({
    processors: Array.from({ length: sockets }, (_, index) =>
      present({
        socket: String(index),
        manufacturer: /^Apple/.test(model) ? "Apple" : /Intel/.test(model) ? "Intel" : undefined,
        model,
        cores: perSocket,
      }),
    ),
    cores,
    architecture,
  });
}

export const darwinMemory = {
  reads: [],
  programs,
  async collect(look: Look) {
    const document = memoryOf(await readProfile(look, hardwareType, memoryType));
    return Object.keys(document).length > 0 ? { document } : { nothing: "none" as const };
  },
};

function memoryOf(profile: Profile) {
  const modules = profile(memoryType)
    .flatMap((bank) => [bank, ...listAt(bank, "_items").filter(isDict)])
    .flatMap((slot) => moduleOf(slot) ?? []);
  return present({
    total: memoryBytes(textAt(hardwareOf(profile), "physical_memory")),
    modules: modules.length > 0 ? modules : undefined,
  });
}

/** Apple's chips have their memory on them: one entry without a slot. */
function moduleOf(slot: PlistDict) {
  const size = memoryBytes(textAt(slot, "dimm_size") ?? textAt(slot, memoryType));
  if (size === undefined) return undefined;
  return present({
    slot: textAt(slot, "_name") ?? "on the chip",
    size,
    type: known(textAt(slot, "dimm_type")),
    speed: speedOf(textAt(slot, "dimm_speed")),
    manufacturer: known(textAt(slot, "dimm_manufacturer")),
    partNumber: known(textAt(slot, "dimm_part_number")),
    serial: known(textAt(slot, "dimm_serial_number")),
  });
}

/** Its MHz are megatransfers a second, as everywhere where memory is sold. */
function speedOf(text: string | undefined): number | undefined {
  const speed = /^(\d{2,6}) MHz$/.exec(text ?? "")?.[1];
  return speed === undefined ? undefined : Number(speed);
}
