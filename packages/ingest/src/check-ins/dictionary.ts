/**
 * Finds the dictionary of a `dcz` body among what this installation was acknowledged, and nowhere else: a frame of
 * 16 bytes read with somebody's document as dictionary would reproduce it. Whatever else the server has, the answer
 * to a digest that it does not find here is the same. Pure: run where bodies are decoded.
 */
import { createHash, type Hash } from "node:crypto";
import { dictionaryMember, dictionaryOf, limits, RollcallError } from "@rollcall/protocol";
import type { Acknowledged, AcknowledgedSection } from "./acknowledged.ts";

/** The dictionary that a `dcz` body (RFC 9842) was made with. */
export interface WantedDictionary {
  /** Its SHA-256. */
  readonly hash: Uint8Array;
  /** Sections that the header `Dictionary-ID` names; undefined where it names none. */
  readonly names: readonly string[] | undefined;
}

/** Throws `dictionary-unknown` where nothing that was acknowledged has this digest. */
export function dictionaryAmong(acknowledged: Acknowledged, { hash, names }: WantedDictionary): Uint8Array {
  const members = acknowledged.sections.flatMap((section) => memberOf(section, acknowledged));
  if (names && members.length < names.length) throw new RollcallError("dictionary-unknown");
  const found = names ? dictionaryOfAll(members, hash) : findDictionary(members, hash);
  if (!found) throw new RollcallError("dictionary-unknown");
  return found;
}

/** None of a section that cannot be read any more: the device sends it whole then. */
function memberOf(section: AcknowledgedSection, acknowledged: Acknowledged): string[] {
  const { name, schema, status } = section;
  const document = acknowledged.document(section);
  return document === undefined
    ? []
    : [dictionaryMember(name, { schema, status, body: document?.bytes.toString() ?? null })];
}

/** The dictionary of all these members, if it has the digest. */
function dictionaryOfAll(members: readonly string[], hash: Uint8Array): Buffer | undefined {
  const dictionary = dictionaryOf(members);
  return createHash("sha256").update(dictionary).digest().equals(hash) ? dictionary : undefined;
}

/** Sections of a dictionary that is found by trying; or it has all of them. */
const mostTried = 3;

/** Some members in their order, with the digest so far; those from `next` on may follow. */
interface Beginning {
  readonly members: readonly string[];
  readonly next: number;
  readonly digest: Hash;
}

/**
 * Tries every single member, all of them, then pairs and triples. Dictionaries that begin alike are digested
 * together as far as they do; after `mostBytes` the search gives up.
 *
 * @param members in the order of their sections' names
 */
export function findDictionary(
  members: readonly string[],
  hash: Uint8Array,
  mostBytes: number = limits.dictionarySearch,
): Buffer | undefined {
  if (members.length === 0) return undefined;
  let left = mostBytes;
  let beginnings: Beginning[] = [{ members: [], next: 0, digest: createHash("sha256").update("{") }];
  for (let size = 1; size <= mostTried; size++) {
    const longer: Beginning[] = [];
    for (const beginning of beginnings) {
      for (const next of following(beginning, members)) {
        left -= Buffer.byteLength(next.members.at(-1) ?? "");
        if (left < 0) return undefined;
        if (isWhole(next, hash)) return dictionaryOf(next.members);
        longer.push(next);
      }
    }
    const all = size === 1 ? dictionaryOfAll(members, hash) : undefined;
    if (all) return all;
    beginnings = longer;
  }
  return undefined;
}

/** What one more member makes of a beginning. */
function* following({ members, next, digest }: Beginning, all: readonly string[]): Generator<Beginning> {
  const comma = members.length > 0 ? "," : "";
  for (const [index, member] of all.entries()) {
    if (index < next) continue;
    yield {
      members: [...members, member],
      next: index + 1,
      digest: digest.copy().update(comma + member),
    };
  }
}

const isWhole = ({ digest }: Beginning, hash: Uint8Array): boolean =>
  digest.copy().update("}").digest().equals(hash);
