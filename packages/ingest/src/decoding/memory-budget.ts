/** One budget for everything that is being received and decoded in this process, whoever sends it. */
import { randomInt } from "node:crypto";
import { RollcallError } from "@rollcall/protocol";

/** What one request holds of the budget, until it is answered. */
export interface Lease {
  /** Takes more bytes. Throws `busy` when the process has not so many left. */
  take(bytes: number): void;
  /** Gives back bytes that were taken. */
  give(bytes: number): void;
  /** Gives everything back; may be called again. */
  release(): void;
}

/** Seconds after which who was turned away may come again: spread, so that they do not come together. */
const comeAgain = { least: 10, most: 60 } as const;

export class MemoryBudget {
  /** Bytes, for all together. */
  readonly most: number;
  #inUse = 0;
  #peak = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** Bytes. */
  get inUse(): number {
    return this.#inUse;
  }

  /** The most that was ever in use. */
  get peak(): number {
    return this.#peak;
  }

  lease(): Lease {
    let held = 0;
    const change = (bytes: number) => {
      held += bytes;
      this.#inUse += bytes;
    };
    return {
      take: (bytes) => {
        if (this.#inUse + bytes > this.most)
          throw new RollcallError("busy", {
            detail: "The server is decoding as much as it has memory for.",
            retryAfterSeconds: randomInt(comeAgain.least, comeAgain.most + 1),
          });
        change(bytes);
        this.#peak = Math.max(this.#peak, this.#inUse);
      },
      give: (bytes) => change(-Math.min(bytes, held)),
      release: () => change(-held),
    };
  }
}
