/** How long a question may take: looked at between blocks and values, for nothing else can end it in its thread. */
import { RollcallError } from "@rollcall/protocol";

export class Deadline {
  readonly #at: number;
  readonly #clock: () => number;

  /** `clock`: milliseconds that only grow. */
  constructor(milliseconds: number, clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#at = clock() + milliseconds;
  }

  /** Throws `query-too-slow` once the time is over. */
  check(): void {
    if (this.#clock() > this.#at) throw new RollcallError("query-too-slow");
  }
}
