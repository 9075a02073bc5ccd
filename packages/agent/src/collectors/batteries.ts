/** Collector of section `batteries`: the kernel's power supplies. */
import { defineCollector, type Look } from "../collecting/collector.ts";
import { batteryOf, chargeOf, type PowerProperty } from "../linux/battery.ts";
import { decodeFirmwareText } from "../linux/firmware-text.ts";
import { portableBatteries } from "../portable/peripherals.ts";

const folder = "/sys/class/power_supply";

export const collector = defineCollector({
  section: "batteries",
  platforms: {
    linux: {
      reads: [folder],
      collect(look) {
        const readings: Record<string, { chargePercent: number }> = {};
        const batteries = look.names(folder).flatMap((name) => {
          const property = propertiesOf(look, `${folder}/${name}`);
          const battery = batteryOf(property);
          if (!battery) return [];
          const chargePercent = chargeOf(property);
          if (chargePercent !== undefined) readings[name] = { chargePercent };
          return [{ name, ...battery }];
        });
        return batteries.length > 0 ? { document: { batteries }, readings } : { nothing: "none" };
      },
    },
    darwin: portableBatteries,
    win32: portableBatteries,
  },
});

/** All of them stand in `uevent`, which asks the battery once; trees of other machines may have the single files only. */
function propertiesOf(look: Look, supply: string): PowerProperty {
  const told = parseUevent(textAt(look, `${supply}/uevent`) ?? "");
  return (name) => told.get(name) ?? textAt(look, `${supply}/${name}`)?.trim();
}

/** Makers' names are in any encoding. */
function textAt(look: Look, path: string): string | undefined {
  const bytes = look.bytes(path);
  return bytes && decodeFirmwareText(bytes);
}

/** Lines such as `POWER_SUPPLY_ENERGY_FULL=48840000`, by the names of the files. */
function parseUevent(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const line of text.split("\n", 200)) {
    const [, name, value] = /^POWER_SUPPLY_([A-Z0-9_]{1,64})=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) properties.set(name.toLowerCase(), value.trim());
  }
  return properties;
}
