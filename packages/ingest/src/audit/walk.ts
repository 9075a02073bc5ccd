/** Follows the chains of the audit log from entry to entry and finds what does not fit. */
import {
  type AuditEntry,
  beginningOf,
  type Checkpoint,
  checkpointFault,
  entryFault,
  type Link,
  nameOf,
} from "./chain.ts";
import { endsFault, type Join, joinsFault } from "./join.ts";

export class Walk {
  readonly #server: string;
  readonly #joins: readonly Join[];
  /** Hashes that were signed, by the names of their entries. */
  readonly #joined: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #ends = new Map<number, Link>();
  #entries = 0;

  /** Over the log of a server, with what its processes had signed before it was begun to read. */
  constructor(server: string, joins: readonly Join[]) {
    this.#server = server;
    this.#joins = joins;
    const joined = new Map<string, Set<string>>();
    for (const end of joins.flatMap(({ ends }) => ends)) {
      const name = nameOf(end);
      joined.set(name, (joined.get(name) ?? new Set()).add(end.hash));
    }
    this.#joined = joined;
  }

  get entries(): number {
    return this.#entries;
  }

  /** The last that was followed of every chain. */
  get ends(): readonly Link[] {
    return [...this.#ends.values()];
  }

  /** What is wrong with a checkpoint, or null: from there on its chain is followed, where that is not further by now. */
  begin(checkpoint: Checkpoint): string | null {
    const fault = checkpointFault(checkpoint, this.#server) ?? this.#joinedFault(checkpoint);
    if (fault !== null) return fault;
    const { chain, number, hash } = checkpoint;
    if ((this.#ends.get(chain)?.number ?? 0) < number) this.#ends.set(chain, { chain, number, hash });
    return null;
  }

  /** What is wrong with the next entry of its chain, or null. */
  follow(entry: AuditEntry): string | null {
    const { chain, number, hash } = entry;
    const before = this.#ends.get(chain) ?? beginningOf(chain);
    const fault = entryFault(entry, before) ?? this.#joinedFault(entry);
    if (fault !== null) return fault;
    this.#ends.set(chain, { chain, number, hash });
    this.#entries++;
    return null;
  }

  /** What is wrong with where all chains end, or null. */
  end(): string | null {
    return joinsFault(this.#joins, this.#server) ?? endsFault(this.ends, this.#joins);
  }

  #joinedFault(link: Link): string | null {
    const signed = this.#joined.get(nameOf(link));
    return signed === undefined || (signed.size === 1 && signed.has(link.hash))
      ? null
      : `entry ${nameOf(link)} is not the one that was joined to the other chains`;
  }
}
