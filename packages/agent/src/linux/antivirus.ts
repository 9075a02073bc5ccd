/** Programs against viruses and intruders, by where their makers install them. */
import { type Look, present } from "../collecting/collector.ts";

/** Folders or files of which each one tells that the product is there. */
const products: Readonly<Record<string, readonly string[]>> = {
  "Bitdefender GravityZone": ["/opt/bitdefender-security-tools", "/opt/BitDefender"],
  ClamAV: ["/usr/bin/clamscan", "/usr/sbin/clamd"],
  "Cisco Secure Endpoint": ["/opt/cisco/amp"],
  Comodo: ["/opt/COMODO"],
  "CrowdStrike Falcon": ["/opt/CrowdStrike"],
  Cybereason: ["/opt/cybereason"],
  CylancePROTECT: ["/opt/cylance"],
  "Dr.Web": ["/opt/drweb.com"],
  ESET: ["/opt/eset"],
  "Elastic Endpoint": ["/opt/Elastic/Endpoint"],
  Kaspersky: ["/opt/kaspersky"],
  "Microsoft Defender for Endpoint": ["/opt/microsoft/mdatp"],
  "Palo Alto Cortex XDR": ["/opt/traps"],
  SentinelOne: ["/opt/sentinelone"],
  Sophos: ["/opt/sophos-spl", "/opt/sophos-av"],
  "Symantec Endpoint Protection": ["/opt/Symantec"],
  "Trellix Endpoint Security": ["/opt/isec/ens", "/opt/McAfee"],
  "Trend Micro": ["/opt/ds_agent", "/opt/TrendMicro"],
  "VMware Carbon Black": ["/opt/carbonblack", "/var/opt/carbonblack"],
  WithSecure: ["/opt/f-secure"],
};

const clamDefinitions = "/var/lib/clamav";

export const antivirusSources: readonly string[] = [...Object.values(products).flat(), clamDefinitions];

export interface Antivirus {
  readonly name: string;
  readonly definitionsAt?: string;
}

export function readAntivirus(look: Look): Antivirus[] {
  return Object.entries(products).flatMap(([name, places]) => {
    if (!places.some((place) => look.exists(place))) return [];
    return [present({ name, definitionsAt: name === "ClamAV" ? clamDefinitionsAt(look) : undefined })];
  });
}

/** The daily ones, as they were fetched whole or patched since. */
function clamDefinitionsAt(look: Look): string | undefined {
  for (const name of ["daily.cld", "daily.cvd"]) {
    const header = look.parts(`${clamDefinitions}/${name}`, (file) =>
      Buffer.from(file.read(0, 512)).toString("latin1"),
    );
    const day = parseClamHeader(header ?? "");
    if (day !== undefined) return day;
  }
  return undefined;
}

/** `ClamAV-VDB:07 Jun 2024 04-27 -0400:27299:…`: the day, as its maker counts it. */
export function parseClamHeader(header: string): string | undefined {
  const [, day] = /^ClamAV-VDB:(\d{1,2} [A-Z][a-z]{2} \d{4}) /.exec(header) ?? [];
  const at = Date.parse(`${day} 00:00:00 GMT`);
  return day === undefined || Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
