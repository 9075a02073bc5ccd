/** Firewalls by what would set them up at the next start: the kernel's own rules can be read by programs only. */
import { type Look, present } from "../collecting/collector.ts";
import { parseAssignments } from "./os-release.ts";

const paths = {
  ufw: "/etc/ufw",
  ufwDefaults: "/etc/default/ufw",
  firewalldProgram: "/usr/sbin/firewalld",
  firewalld: "/etc/firewalld/firewalld.conf",
  nftables: "/etc/nftables.conf",
  redHatNftables: "/etc/sysconfig/nftables.conf",
  iptables: "/etc/iptables",
  redHatIptables: "/etc/sysconfig/iptables",
  units: "/etc/systemd/system",
  levels: "/etc/runlevels",
} as const;

export const firewallSources: readonly string[] = Object.values(paths);

export interface Firewall {
  readonly name: "ufw" | "firewalld" | "nftables" | "iptables";
  readonly enabled: boolean;
  readonly incoming?: string;
}

export function readFirewalls(look: Look): Firewall[] {
  return [ufw(look), firewalld(look), nftables(look), iptables(look)].flatMap((each) => each ?? []);
}

function ufw(look: Look): Firewall | undefined {
  const text = look.text(`${paths.ufw}/ufw.conf`);
  if (text === undefined) return undefined;
  const defaults = parseAssignments(look.text(paths.ufwDefaults) ?? "");
  return present({
    name: "ufw" as const,
    enabled: parseAssignments(text).get("ENABLED")?.toLowerCase() === "yes",
    incoming: closed(defaults.get("DEFAULT_INPUT_POLICY")),
  });
}

function firewalld(look: Look): Firewall | undefined {
  if (!look.exists(paths.firewalldProgram)) return undefined;
  const zone = parseAssignments(look.text(paths.firewalld) ?? "").get("DefaultZone");
  return present({
    name: "firewalld" as const,
    enabled: isStarted(look, "firewalld"),
    incoming: zone ? `zone ${zone}` : undefined,
  });
}

function nftables(look: Look): Firewall | undefined {
  const rules = look.text(paths.nftables) ?? look.text(paths.redHatNftables);
  if (rules === undefined) return undefined;
  const policy = /hook\s{1,8}input\b[^{}]{0,200}?policy\s{1,8}(\w{1,16})/.exec(rules)?.[1];
  return present({
    name: "nftables" as const,
    enabled: isStarted(look, "nftables"),
    incoming: closed(policy),
  });
}

/** Where the system keeps rules, and which service puts them in force. */
const ruleFiles = [
  [`${paths.iptables}/rules.v4`, "netfilter-persistent"],
  [paths.redHatIptables, "iptables"],
  [`${paths.iptables}/rules-save`, "iptables"],
  [`${paths.iptables}/iptables.rules`, "iptables"],
] as const;

function iptables(look: Look): Firewall | undefined {
  for (const [path, service] of ruleFiles) {
    const rules = look.text(path);
    if (rules === undefined) continue;
    const policy = /^:INPUT\s+(\w{1,16})/m.exec(rules)?.[1];
    return present({
      name: "iptables" as const,
      enabled: isStarted(look, service),
      incoming: closed(policy),
    });
  }
  return undefined;
}

/** What lets in where no rule speaks is mostly followed by a rule that does not: nothing is said of it. */
function closed(policy: string | undefined): string | undefined {
  const word = policy?.trim().toLowerCase() ?? "";
  return /^(drop|deny|reject)$/.test(word) ? word : undefined;
}

const targets = ["sysinit", "basic", "network-pre", "network", "multi-user"];
const runLevels = ["boot", "default", "sysinit"];

function isStarted(look: Look, service: string): boolean {
  return (
    targets.some(
      (target) => look.link(`${paths.units}/${target}.target.wants/${service}.service`) !== undefined,
    ) || runLevels.some((level) => look.link(`${paths.levels}/${level}/${service}`) !== undefined)
  );
}
