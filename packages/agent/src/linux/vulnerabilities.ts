/** The kernel's word on known weaknesses of the processor (Documentation/ABI/testing/sysfs-devices-system-cpu). */
import type { Look } from "../collecting/collector.ts";
import { clean } from "./firmware-text.ts";

interface Vulnerability {
  readonly name: string;
  readonly state: "not-affected" | "mitigated" | "vulnerable" | "unknown";
  /** The kernel's own words. */
  readonly text: string;
}

/** Below the folder of the CPUs. */
const vulnerabilityFolder = "/sys/devices/system/cpu/vulnerabilities";
const most = 256;

export function readVulnerabilities(look: Look): Vulnerability[] {
  return look
    .names(vulnerabilityFolder)
    .slice(0, most)
    .flatMap((name) => {
      const text = clean(look.text(`${vulnerabilityFolder}/${name}`, 4_096));
      return text === undefined ? [] : [{ name, state: stateOf(text), text }];
    });
}

/** "Not affected", "Mitigation: Retpolines; …", "Vulnerable: No microcode", "KVM: Mitigation: …", "Processor vulnerable", "Unknown: …". */
export function stateOf(text: string): Vulnerability["state"] {
  const said = text.replace(/^KVM: /, "");
  if (/^not affected/i.test(said)) return "not-affected";
  if (/^mitigation/i.test(said)) return "mitigated";
  return /^(processor )?vulnerable/i.test(said) ? "vulnerable" : "unknown";
}
