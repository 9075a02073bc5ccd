/**
 * Once a day: how many devices have each value of some fields, kept when the devices are gone. A value that few have is
 * not named, so that nothing in it can tell of one.
 */
import { everyDevice } from "@rollcall/protocol";
import { dayOf } from "../indexing/changed-days.ts";
import type { Services } from "../services.ts";
import { protocolScope } from "../store/scope.ts";
import { rolledUp, storeRollup } from "./rollup-queries.ts";

type Counting = Pick<Services, "store" | "index" | "config" | "now">;

/** Values of a field that are counted. */
const mostValues = 10_000;

export class Rollups {
  readonly #services: Counting;
  /** The last day that is known to be counted. */
  #counted: number | null = null;

  constructor(services: Counting) {
    this.#services = services;
  }

  /** Throws `busy` where there is no index to ask. */
  async tend(now: number): Promise<void> {
    const day = dayOf(now);
    if (day === this.#counted) return;
    const { store } = this.#services;
    const there = await store.read(rolledUp, protocolScope, day);
    for (const field of fieldsOf(this.#services)) if (!there.includes(field)) await this.#count(field, day);
    this.#counted = day;
  }

  async #count(field: string, day: number): Promise<void> {
    const { store, index, config, now } = this.#services;
    const page = { limit: mostValues, after: null };
    // What may not be told to everybody is not counted.
    const scope = { ...protocolScope, sensitive: false };
    const { asOf, items } = await index.ask("facet", { fresh: true }, scope, field, everyDevice, page);
    const named = items.filter(({ devices }) => devices >= config["rollups.fewest"]);
    const others = items.slice(named.length).reduce((sum, { devices }) => sum + devices, 0);
    await store.commit([storeRollup({ field, day, at: Math.min(asOf, now()), items: named, others })]);
  }
}

const fieldsOf = ({ config }: Pick<Services, "config">): readonly string[] =>
  config["rollups.fields"].split(",").filter((field) => field !== "");
