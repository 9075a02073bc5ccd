/** What one server process signs of where all audit chains stand, as long as it runs. */
import { signCanonical } from "@rollcall/protocol";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { protocolScope } from "../store/scope.ts";
import type { Link } from "./chain.ts";
import { endsFault, type Join, joinsFault } from "./join.ts";
import { ownAuditChain, storeJoin } from "./log.ts";
import { auditJoins, chainEnds } from "./queries.ts";

export class ChainJoiner {
  readonly #services: Pick<Services, "store" | "keys" | "now">;
  /** What it signed last: whoever takes that away from the database does not take it from here. */
  #last: readonly Join[] = [];

  constructor(services: Pick<Services, "store" | "keys" | "now">) {
    this.#services = services;
  }

  /**
   * Signs where all chains stand, where that is not what this process signed last. Throws when one is shorter than what
   * was signed before: nothing is signed over that.
   */
  async join(): Promise<void> {
    const { store, keys, now } = this.#services;
    const server = keys.identity.publicKey;
    const stored = await store.read(auditJoins, protocolScope, null);
    const joins = stored.map((join): Join => ({ use: "audit-join", server, ...join }));
    const ends = await store.read(chainEnds, protocolScope, null);
    demand(joinsFault(joins, server) ?? endsFault(ends, [...joins, ...this.#last]));
    const [chain] = await store.commit([ownAuditChain(null)]);
    const own = joins.find((join) => join.chain === chain);
    if (ends.length === 0 || (own && isSame(own.ends, ends))) return;
    const others = joins.filter((join) => join !== own).map(({ chain, number }) => ({ chain, number }));
    const at = isoTime(now());
    const numbered = { chain, number: (own?.number ?? 0) + 1, at, ends: [...ends], joins: others };
    const statement = { use: "audit-join", server, ...numbered } as const;
    const join = { ...statement, signature: signCanonical(keys.identity, statement) };
    await store.commit([storeJoin(join)]);
    this.#last = [join];
  }
}

function demand(fault: string | null): void {
  if (fault !== null) throw new Error(`the audit log was changed: ${fault}`);
}

const isSame = (one: readonly Link[], other: readonly Link[]): boolean =>
  one.length === other.length && one.every(({ hash }, index) => hash === other[index]?.hash);
