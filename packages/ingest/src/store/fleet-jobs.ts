/** What is done by the clock for all servers on a database, each by one of them at a time: by who leads that job. */

export const fleetJobs = ["doubts", "unreached", "titles", "rollups", "retention"] as const;
export type FleetJob = (typeof fleetJobs)[number];

type Work = Readonly<Record<FleetJob, () => Promise<void>>>;

/** A store, as far as it tells who leads. */
interface Leaders {
  leads(job: FleetJob): Promise<boolean>;
}

/** One server's part in them. */
export class FleetJobs {
  readonly #store: Leaders;
  readonly #work: Work;
  readonly #running = new Set<FleetJob>();

  constructor(store: Leaders, work: Work) {
    this.#store = store;
    this.#work = work;
  }

  /** One step for each job: it is done where this server leads it, and not begun again while it runs. */
  get steps(): readonly (() => Promise<void>)[] {
    return fleetJobs.map((job) => () => this.#tend(job));
  }

  async #tend(job: FleetJob): Promise<void> {
    if (this.#running.has(job)) return;
    this.#running.add(job);
    try {
      if (await this.#store.leads(job)) await this.#work[job]();
    } finally {
      this.#running.delete(job);
    }
  }
}
