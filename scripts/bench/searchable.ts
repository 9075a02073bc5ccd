/** Whether what was told is found: the software list by the bench's marker, with `fresh=true`. */
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import type { Line } from "../swarm/line.ts";
import { marker } from "./told-inventory.ts";

const titles = z.object({
  items: z.array(z.object({ name: z.string(), version: z.string(), devices: z.number() })),
});

/** How often a question is asked again that the index was too far behind for, milliseconds. */
const askAgain = 50;

export class Searchable {
  readonly #line: Line;
  readonly #token: string;
  /** Milliseconds from an answer until what was told by it is found. */
  readonly lags: number[] = [];
  readonly #probes: Promise<void>[] = [];

  constructor(line: Line, token: string) {
    this.#line = line;
    this.#token = token;
  }

  /** Measures how long it takes until this device is found with this version of the marker. */
  probe(hostname: string, version: string): void {
    const began = performance.now();
    const probe = this.count(version, `host:${hostname}`).then((devices) => {
      if (devices !== 1) throw new Error(`${hostname} was acknowledged, and is not found with fresh=true`);
      this.lags.push(performance.now() - began);
    });
    // Told when it is waited for.
    probe.catch(() => undefined);
    this.#probes.push(probe);
  }

  /** Resolves when every probe has found its device; throws when one has not. */
  async settled(): Promise<void> {
    await Promise.all(this.#probes.splice(0));
  }

  /** Devices with this version of the marker among those that a query finds, everything told so far included. */
  async count(version: string, deviceQ = ""): Promise<number> {
    const query = new URLSearchParams({ q: marker, deviceQ, fresh: "true", limit: "1000" });
    for (;;) {
      const headers = { authorization: `Bearer ${this.#token}` };
      const { status, text } = await this.#line.send({
        method: "GET",
        path: `/api/v1/software?${query}`,
        headers,
      });
      if (status === 503) {
        await wait(askAgain);
        continue;
      }
      if (status !== 200) throw new Error(`the software list answered with ${status}: ${text.slice(0, 300)}`);
      const { items } = titles.parse(JSON.parse(text));
      return items.find((item) => item.name === marker && item.version === version)?.devices ?? 0;
    }
  }
}
