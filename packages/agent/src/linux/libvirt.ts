/** Domains of libvirt, as it writes them into /etc/libvirt (https://libvirt.org/formatdomain.html). */
import { type Look, present } from "../collecting/collector.ts";

export interface Domain {
  readonly name: string;
  readonly type?: string;
  readonly uuid?: string;
  readonly system?: string;
  /** Bytes. */
  readonly memory?: number;
  readonly cpus?: number;
  readonly autostart: boolean;
}

const mostDomains = 4_096;

/** The domains of one driver: a file each, and a link to it where it starts with the machine. */
export function readDomains(look: Look, folder: string): Domain[] {
  const starting = new Set(look.names(`${folder}/autostart`));
  return look
    .names(folder)
    .filter((name) => name.endsWith(".xml"))
    .slice(0, mostDomains)
    .flatMap((name) => {
      const domain = parseDomain(look.text(`${folder}/${name}`) ?? "");
      return domain ? [{ ...domain, autostart: starting.has(name) }] : [];
    });
}

/** libvirt writes one element a line and none of those looked for twice at the top; undefined where it is no domain. */
export function parseDomain(xml: string): Omit<Domain, "autostart"> | undefined {
  const [, type] = /<domain\b[^>]*?\btype=['"]([\w-]{1,32})['"]/.exec(xml) ?? [];
  const name = elementOf(xml, "name");
  if (name === undefined || !xml.includes("<domain")) return undefined;
  return present({
    name,
    type,
    uuid: /^[0-9a-f-]{36}$/i.exec(elementOf(xml, "uuid") ?? "")?.[0].toLowerCase(),
    system: systemOf(xml),
    memory: memoryOf(xml),
    cpus: numberOf(elementOf(xml, "vcpu")),
  });
}

function elementOf(xml: string, name: string): string | undefined {
  const [, content] = new RegExp(`<${name}(?: [^<>]*)?>([^<>]{1,512})</${name}>`).exec(xml) ?? [];
  return content === undefined ? undefined : unescaped(content).trim() || undefined;
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** Bytes in one of a unit; KiB where none is named. */
const units: ReadonlyMap<string, number> = new Map([
  ["b", 1],
  ["bytes", 1],
  ["KB", 1e3],
  ["k", 2 ** 10],
  ["KiB", 2 ** 10],
  ["MB", 1e6],
  ["M", 2 ** 20],
  ["MiB", 2 ** 20],
  ["GB", 1e9],
  ["G", 2 ** 30],
  ["GiB", 2 ** 30],
  ["TB", 1e12],
  ["T", 2 ** 40],
  ["TiB", 2 ** 40],
]);

function memoryOf(xml: string): number | undefined {
  const [, unit = "KiB", count] =
    /<memory(?: unit=['"](\w{1,8})['"])?[^<>]*>(\d{1,15})<\/memory>/.exec(xml) ?? [];
  const bytes = units.get(unit);
  return count === undefined || bytes === undefined ? undefined : Number(count) * bytes;
}

/** `http://debian.org/debian/12` (libosinfo) is debian 12. */
function systemOf(xml: string): string | undefined {
  const [, id] = /<libosinfo:os id=['"]https?:\/\/[^'"/]{1,128}\/([^'"]{1,128})['"]/.exec(xml) ?? [];
  return id?.replaceAll("/", " ");
}

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

function unescaped(text: string): string {
  return text.replaceAll(/&(\w{2,4});/g, (whole, name: string) => entities.get(name) ?? whole);
}
