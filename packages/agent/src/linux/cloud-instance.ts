/**
 * Whose cloud the machine runs in and which instance it is, told from files: the firmware's word first, for an image
 * may carry the files of the machine it was made on; then what cloud-init and the clouds' own agents noted.
 */
import { type Look, present } from "../collecting/collector.ts";
import { clouds } from "./clouds.ts";
import type { DmiTexts } from "./dmi.ts";
import { told } from "./firmware-text.ts";

const paths = {
  /** cloud-init's, of this start. */
  instanceData: "/run/cloud-init/instance-data.json",
  /** cloud-init's, of the last start that it saw. */
  instanceId: "/var/lib/cloud/data/instance-id",
  /** Google's guest agent. */
  googles: "/etc/default/instance_configs.cfg",
  efi: "/sys/firmware/efi",
} as const;
export const cloudSources: readonly string[] = Object.values(paths);

interface CloudInstance {
  readonly provider: string;
  readonly instance?: string;
}

export function readCloud(look: Look, dmi: DmiTexts): CloudInstance | undefined {
  const cloud = clouds.find(({ is }) => is(dmi));
  const firmwares = cloud?.instance?.(dmi, { isUefi: look.exists(paths.efi) });
  if (cloud && firmwares !== undefined) return { provider: cloud.provider, instance: firmwares };
  const noted = parseInstanceData(look.text(paths.instanceData) ?? "");
  const provider = cloud?.provider ?? knownProvider(noted.provider);
  if (provider === undefined) return undefined;
  const isAgreed = noted.provider === undefined || noted.provider === provider;
  const instance = (isAgreed ? noted.instance : undefined) ?? keptId(look, provider);
  return present({ provider, instance });
}

/** cloud-init names its ways of learning too (`nocloud`, `configdrive`), which are nobody's cloud. */
const knownProvider = (name: string | undefined): string | undefined =>
  clouds.find(({ provider }) => provider === name)?.provider;

function keptId(look: Look, provider: string): string | undefined {
  if (provider === "gce") {
    const [, id] = /^instance_id = (\d{1,20})$/m.exec(look.text(paths.googles) ?? "") ?? [];
    if (id !== undefined) return id;
  }
  return idOf(look.text(paths.instanceId));
}

interface Noted {
  readonly provider?: string;
  readonly instance?: string;
}

/** `v1` has the standardised members; some versions wrote them with dashes. */
function parseInstanceData(text: string): Noted {
  const data = parsed(text);
  const standard = member(data, "v1") ?? {};
  const provider = member(standard, "cloud_name") ?? member(standard, "cloud-name");
  const instance = member(standard, "instance_id") ?? member(standard, "instance-id");
  return present({
    provider: typeof provider === "string" ? told(provider)?.toLowerCase() : undefined,
    instance: typeof instance === "string" ? idOf(instance) : undefined,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

/** What clouds call an instance; "iid-datasource-none" and "nocloud" are cloud-init's own words for none. */
function idOf(text: string | undefined): string | undefined {
  const id = told(text) ?? "";
  return /^[\w.:-]{4,255}$/.test(id) && !/^(iid-|nocloud|i-0+$)/i.test(id) ? id : undefined;
}
