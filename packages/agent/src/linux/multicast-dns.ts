/** Multicast DNS (RFC 6762): one question for what devices offer, and the answers that come back. */

/** What people have at home and at work; asked for by kind, for that is how devices answer. */
const kinds = [
  "_airplay._tcp",
  "_companion-link._tcp",
  "_googlecast._tcp",
  "_hap._tcp",
  "_http._tcp",
  "_ipp._tcp",
  "_printer._tcp",
  "_scanner._tcp",
  "_smb._tcp",
  "_sonos._tcp",
  "_ssh._tcp",
  "_workstation._tcp",
];

const types = { pointer: 12, service: 33 } as const;
/** Class IN, asked to be answered to the asker alone (section 5.4). */
const unicastIn = 0x8001;

/** One query for all kinds. */
export function serviceQuery(): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(kinds.length, 4);
  const questions = kinds.map((kind) => {
    const labels = [...kind.split("."), "local"].map((label) => [
      Buffer.from([label.length]),
      Buffer.from(label),
    ]);
    const tail = Buffer.alloc(5);
    tail.writeUInt16BE(types.pointer, 1);
    tail.writeUInt16BE(unicastIn, 3);
    return Buffer.concat([...labels.flat(), tail]);
  });
  return Buffer.concat([header, ...questions]);
}

export interface OfferedService {
  /** As in `_ipp._tcp`. */
  readonly service: string;
  /** What its owner calls it. */
  readonly name: string;
  readonly host?: string;
}

const mostRecords = 128;

/** The services that an answer names; of a broken one what stands before the break. */
export function parseServices(bytes: Uint8Array): OfferedService[] {
  const hosts = new Map<string, string>();
  const found: { readonly service: string; readonly labels: readonly string[] }[] = [];
  for (const { type, owner, target } of recordsOf(Buffer.from(bytes))) {
    if (type === types.service) hosts.set(owner.join("."), target.join("."));
    const service = owner.slice(0, 2).join(".");
    const isOffer = type === types.pointer && owner.length === 3 && target.length === 4;
    if (isOffer && kinds.includes(service) && target.slice(1).join(".") === owner.join("."))
      found.push({ service, labels: target });
  }
  return found.map(({ service, labels }) => {
    const host = hosts.get(labels.join("."));
    return { service, name: labels[0] ?? "", ...(host === undefined ? {} : { host }) };
  });
}

interface NamedRecord {
  readonly type: number;
  /** Labels of the name that the record belongs to, and of the one that it leads to. */
  readonly owner: readonly string[];
  readonly target: readonly string[];
}

/** Pointers and services of all parts of a message (RFC 1035 section 4.1). */
function recordsOf(message: Buffer): NamedRecord[] {
  const records: NamedRecord[] = [];
  try {
    let at = 12;
    for (let left = Math.min(message.readUInt16BE(4), mostRecords); left > 0; left--)
      at = nameAt(message, at).end + 4;
    const count = [6, 8, 10].reduce((sum, place) => sum + message.readUInt16BE(place), 0);
    for (let left = Math.min(count, mostRecords); left > 0; left--) {
      const { labels: owner, end } = nameAt(message, at);
      const type = message.readUInt16BE(end);
      const data = end + 10;
      at = data + message.readUInt16BE(end + 8);
      if (type === types.pointer) records.push({ type, owner, target: nameAt(message, data).labels });
      if (type === types.service) records.push({ type, owner, target: nameAt(message, data + 6).labels });
    }
  } catch (error) {
    // Cut short, or a name that leads in circles: what came before counts.
    if (!(error instanceof RangeError)) throw error;
  }
  return records;
}

const mostLabels = 32;

/** A name, its compression followed back only, and where it ends. Throws RangeError. */
function nameAt(
  message: Buffer,
  start: number,
): { readonly labels: readonly string[]; readonly end: number } {
  const labels: string[] = [];
  let end: number | undefined;
  for (let at = start, steps = 0; ; steps++) {
    if (steps > mostLabels) throw new RangeError("a name without end");
    const length = message.readUInt8(at);
    if (length === 0) return { labels, end: end ?? at + 1 };
    if (length >= 0xc0) {
      end ??= at + 2;
      at = message.readUInt16BE(at) & 0x3fff;
      continue;
    }
    if (length > 63 || at + 1 + length > message.length) throw new RangeError("a label that is none");
    labels.push(message.toString("utf8", at + 1, at + 1 + length));
    at += 1 + length;
  }
}
