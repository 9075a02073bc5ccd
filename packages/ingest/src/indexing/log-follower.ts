/** Tells a keeper what the log has, some entries at a time, and no more than it can keep up with. */
import type { LogSource } from "../store/truth.ts";
import type { IndexKeeper } from "./index-keeper.ts";

/** Entries read at once. */
const atOnce = 256;
/** Devices that may wait to be merged before more of the log is read. */
const mostWaiting = 20_000;

export class LogFollower {
  readonly keeper: IndexKeeper;
  readonly #log: LogSource;
  /** One look after the other. */
  #turn = Promise.resolve();

  constructor(keeper: IndexKeeper, log: LogSource) {
    this.keeper = keeper;
    this.#log = log;
  }

  /** Resolves when the keeper was told everything that the log had when this was called. */
  look(): Promise<void> {
    const looked = this.#turn.then(() => this.#read());
    this.#turn = looked.catch(() => undefined);
    return looked;
  }

  /** Resolves when everything that the log has now is in the index. */
  async reached(): Promise<void> {
    const { newest } = await this.#log.reach();
    await this.look();
    await Promise.all(newest.map((position) => this.keeper.reached(position)));
  }

  async #read(): Promise<void> {
    for (const { server } of (await this.#log.reach()).newest) await this.#readOf(server);
  }

  async #readOf(server: number): Promise<void> {
    for (;;) {
      const at = this.keeper.position.find((each) => each.server === server) ?? { server, seq: 0 };
      const entries = await this.#log.after(at, atOnce);
      const last = entries.at(-1)?.position;
      if (!last) return;
      this.keeper.tell(entries);
      if (this.keeper.backlog > mostWaiting) await this.keeper.reached(last);
    }
  }
}
