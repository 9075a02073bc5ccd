/** The SSH server: its settings (sshd_config(5)), and the keys it is known by. */
import { createHash } from "node:crypto";
import { type Look, present } from "../collecting/collector.ts";

export const sshFolder = "/etc/ssh";
const included = `${sshFolder}/sshd_config.d`;

/** Settings by their names in lower case. Of several the first counts; what holds for some users only is left out. */
export type SshSettings = ReadonlyMap<string, string>;

/** Undefined where there is no server. */
export function readSshSettings(look: Look): SshSettings | undefined {
  const text = look.text(`${sshFolder}/sshd_config`);
  if (text === undefined) return undefined;
  const files = () =>
    look
      .names(included)
      .filter((name) => name.endsWith(".conf"))
      .map((name) => look.text(`${included}/${name}`) ?? "");
  return parseSshSettings(text, files);
}

const mostLines = 10_000;

/** `files` are those that `Include /etc/ssh/sshd_config.d/*.conf` means, in their order. */
export function parseSshSettings(text: string, files: () => readonly string[]): Map<string, string> {
  const settings = new Map<string, string>();
  for (const line of text.split("\n", mostLines)) {
    const [name = "", ...words] = line
      .trim()
      .replace(/^(\w+)\s*=\s*/, "$1 ")
      .split(/\s+/);
    const key = name.toLowerCase();
    if (key === "match") break;
    if (key === "include" && words.some((word) => /(^|\/)sshd_config\.d\/\*(\.conf)?$/.test(word)))
      for (const file of files())
        for (const [each, value] of parseSshSettings(file, () => []))
          if (!settings.has(each)) settings.set(each, value);
    const [value = ""] = words;
    if (/^\w+$/.test(key) && value !== "" && !settings.has(key))
      settings.set(key, value.replaceAll('"', "").toLowerCase());
  }
  return settings;
}

export interface HostKey {
  readonly type: string;
  /** As ssh-keygen(1) prints it. */
  readonly fingerprint: string;
  readonly bits?: number;
}

export function readHostKeys(look: Look): HostKey[] {
  const names = look.names(sshFolder).filter((name) => /^ssh_host_\w+_key\.pub$/.test(name));
  return names.flatMap((name) => parsePublicKey(look.text(`${sshFolder}/${name}`) ?? "") ?? []);
}

/** `TYPE BASE64 COMMENT` (RFC 4253, 6.6); what is said of the key is taken from the key itself. */
export function parsePublicKey(line: string): HostKey | undefined {
  const [type = "", encoded = ""] = line.trim().split(/\s+/, 2);
  const key = Buffer.from(encoded, "base64");
  const [name, ...numbers] = stringsIn(key);
  if (!/^[\w@.-]{1,64}$/.test(type) || name?.toString("latin1") !== type) return undefined;
  const fingerprint = createHash("sha256").update(key).digest("base64").replace(/=+$/, "");
  return present({ type, fingerprint: `SHA256:${fingerprint}`, bits: bitsOf(type, numbers) });
}

/** Each behind its length; none where they do not fill the key. */
function stringsIn(key: Buffer): Buffer[] {
  const strings: Buffer[] = [];
  for (let at = 0; at < key.length; ) {
    if (at + 4 > key.length) return [];
    const end = at + 4 + key.readUInt32BE(at);
    if (end > key.length) return [];
    strings.push(key.subarray(at + 4, end));
    at = end;
  }
  return strings;
}

const fixedBits: Readonly<Record<string, number | undefined>> = {
  "ssh-ed25519": 256,
  "ecdsa-sha2-nistp256": 256,
  "ecdsa-sha2-nistp384": 384,
  "ecdsa-sha2-nistp521": 521,
};

/** An RSA key's modulus is its second number; the first byte of one whose highest bit is set is 0. */
function bitsOf(type: string, numbers: readonly Buffer[]): number | undefined {
  const modulus = type === "ssh-rsa" ? numbers[1] : undefined;
  if (!modulus) return fixedBits[type];
  const start = modulus.findIndex((byte) => byte !== 0);
  return start === -1 ? undefined : (modulus.length - start) * 8 - (Math.clz32(modulus[start] ?? 0) - 24);
}
