/**
 * The domain or directory that the machine belongs to, by the settings of what joins it. Some of these files hold
 * passwords, too: nothing is taken of them but names and kinds.
 */
import { type Look, present } from "../collecting/collector.ts";
import { parseIni } from "./ini.ts";

const paths = {
  ipa: "/etc/ipa/default.conf",
  sssd: "/etc/sssd/sssd.conf",
  moreSssd: "/etc/sssd/conf.d",
  samba: "/etc/samba/smb.conf",
  kerberos: "/etc/krb5.conf",
  /** Its keys are never opened: that it is there tells that the machine has an account of its own. */
  keytab: "/etc/krb5.keytab",
  ldap: "/etc/ldap/ldap.conf",
  redHatLdap: "/etc/openldap/ldap.conf",
  nis: "/etc/defaultdomain",
  services: "/etc/nsswitch.conf",
} as const;

export const domainSources: readonly string[] = Object.values(paths);

export interface DirectoryDomain {
  readonly name: string;
  readonly kind: "active-directory" | "freeipa" | "ldap" | "windows-nt" | "kerberos" | "nis";
  /** What looks accounts up there. */
  readonly through?: string;
}

export function readDomain(look: Look): DirectoryDomain | undefined {
  return ipa(look) ?? sssd(look) ?? samba(look) ?? kerberos(look) ?? ldap(look) ?? nis(look);
}

function ipa(look: Look): DirectoryDomain | undefined {
  const said = parseIni(look.text(paths.ipa) ?? "").get("global");
  const name = domainName(said?.get("domain") ?? said?.get("realm"));
  return name === undefined ? undefined : { name, kind: "freeipa", through: "sssd" };
}

const mostFiles = 100;

const kindsBySssd: ReadonlyMap<string, DirectoryDomain["kind"]> = new Map([
  ["ad", "active-directory"],
  ["ipa", "freeipa"],
  ["ldap", "ldap"],
]);

function sssd(look: Look): DirectoryDomain | undefined {
  const names = look
    .names(paths.moreSssd)
    .filter((name) => /^[^.].*\.conf$/.test(name))
    .slice(0, mostFiles);
  const texts = [look.text(paths.sssd), ...names.map((name) => look.text(`${paths.moreSssd}/${name}`))];
  const said = parseIni(texts.map((text) => text ?? "").join("\n"));
  const listed = said.get("sssd")?.get("domains")?.split(",") ?? [];
  const all =
    listed.length > 0 ? listed : [...said.keys()].flatMap((name) => /^domain\/(.+)$/.exec(name)?.[1] ?? []);
  for (const domain of all.map((each) => each.trim())) {
    const settings = said.get(`domain/${domain.toLowerCase()}`);
    const kind = kindsBySssd.get(settings?.get("id_provider")?.toLowerCase() ?? "");
    const name = domainName(settings?.get("ad_domain") ?? settings?.get("ipa_domain") ?? domain);
    if (kind !== undefined && name !== undefined) return { name, kind, through: "sssd" };
  }
  return undefined;
}

function samba(look: Look): DirectoryDomain | undefined {
  const said = parseIni(look.text(paths.samba) ?? "").get("global");
  const security = said?.get("security")?.toLowerCase();
  const through = accountServices(look).includes("winbind") ? "winbind" : undefined;
  const [realm, group] = [domainName(said?.get("realm")), domainName(said?.get("workgroup"))];
  if (security === "ads" && realm !== undefined)
    return present({ name: realm.toLowerCase(), kind: "active-directory" as const, through });
  if (security === "domain" && group !== undefined)
    return present({ name: group, kind: "windows-nt" as const, through });
  return undefined;
}

function kerberos(look: Look): DirectoryDomain | undefined {
  if (!look.exists(paths.keytab)) return undefined;
  const name = domainName(
    parseIni(look.text(paths.kerberos) ?? "")
      .get("libdefaults")
      ?.get("default_realm"),
  );
  return name === undefined ? undefined : { name: name.toLowerCase(), kind: "kerberos" };
}

/** `BASE dc=example,dc=org` is `example.org`. */
function ldap(look: Look): DirectoryDomain | undefined {
  if (!accountServices(look).includes("ldap")) return undefined;
  const text = look.text(paths.ldap) ?? look.text(paths.redHatLdap) ?? "";
  const base = /^base[ \t]+(\S{1,256})/im.exec(text)?.[1] ?? "";
  const parts = base.split(",").flatMap((part) => /^dc=([\w-]{1,63})$/i.exec(part)?.[1] ?? []);
  const name = domainName(parts.join("."));
  return name === undefined ? undefined : { name, kind: "ldap", through: "ldap" };
}

function nis(look: Look): DirectoryDomain | undefined {
  if (!accountServices(look).some((service) => service === "nis" || service === "compat")) return undefined;
  const name = domainName(look.text(paths.nis));
  return name === undefined ? undefined : { name, kind: "nis", through: "nis" };
}

/** Where accounts are looked up, in their order (nsswitch.conf(5)). */
function accountServices(look: Look): string[] {
  const [, services = ""] = /^passwd:(.*)$/m.exec(look.text(paths.services) ?? "") ?? [];
  return services
    .replaceAll(/\[[^[\]]*\]/g, " ")
    .trim()
    .split(/\s+/);
}

/** What files come with until somebody fills them in is none. */
function domainName(text: string | undefined): string | undefined {
  const name = text?.trim() ?? "";
  const isExample = /^(example\.(com|org|net)|athena\.mit\.edu|workgroup|\(none\)|localdomain)$/i.test(name);
  return /^[A-Za-z0-9_][\w.-]{0,252}$/.test(name) && !isExample ? name : undefined;
}
