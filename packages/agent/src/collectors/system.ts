/** Collector of section `system`: the machine by its firmware, whether it is virtual or the system a container, and whose cloud that is. */
import { defineCollector, present } from "../collecting/collector.ts";
import { darwinSystem } from "../darwin/hardware.ts";
import { cloudSources, readCloud } from "../linux/cloud-instance.ts";
import { containerSources, readContainer } from "../linux/containers.ts";
import { parseCpuinfo } from "../linux/cpuinfo.ts";
import { deviceTree, readTreeIdentity } from "../linux/device-tree.ts";
import { dmiSources, readDmiTexts, readSmbios } from "../linux/dmi.ts";
import { identityOf } from "../linux/machine-identity.ts";
import { machineSources, readSigns, virtualMachineOf } from "../linux/virtual-machines.ts";
import { windowsSystem } from "../windows/hardware.ts";

const cpuinfoFile = "/proc/cpuinfo";
const mostCpuinfo = 16 * 2 ** 20;

export const collector = defineCollector({
  section: "system",
  platforms: {
    linux: {
      reads: [
        ...dmiSources,
        deviceTree,
        cpuinfoFile,
        ...machineSources,
        ...containerSources,
        ...cloudSources,
      ],
      collect(look) {
        const cpuinfo = parseCpuinfo(look.text(cpuinfoFile, mostCpuinfo) ?? "");
        const structures = readSmbios(look);
        const dmi = readDmiTexts(look, structures);
        const document = present({
          ...readTreeIdentity(look, cpuinfo.common),
          ...identityOf(dmi),
          virtualization:
            readContainer(look) ?? virtualMachineOf(readSigns(look, { dmi, structures, cpuinfo })),
          cloud: readCloud(look, dmi),
        });
        return Object.keys(document).length > 0 ? { document } : { nothing: "none" };
      },
    },
    darwin: darwinSystem,
    win32: windowsSystem,
  },
});
