/** The process that keeps packages as rows, `bare-rows.mjs`. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Surroundings } from "./bench.ts";
import { residentBytesOf, writtenBytesOf } from "./process-figures.ts";
import type { Kind, Rows } from "./told-inventory.ts";

const answer = z.object({ seconds: z.number(), cpuSeconds: z.number() });

/** What it took to keep some devices' rows. */
export interface Kept {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly writtenBytes: number | undefined;
  readonly residentBytes: number | undefined;
}

export class BareRows {
  readonly file: string;
  readonly #child: ReturnType<typeof fork>;

  constructor({ directory, atEnd }: Surroundings) {
    const program = fileURLToPath(import.meta.resolve("./bare-rows.mjs"));
    this.file = join(directory, "rows.db");
    this.#child = fork(program, [this.file], { serialization: "advanced" });
    atEnd(() => {
      this.#child.disconnect();
    });
  }

  async keep(
    kind: Kind,
    devices: readonly { readonly device: number; readonly rows: Rows }[],
  ): Promise<Kept> {
    const { pid = 0 } = this.#child;
    const before = writtenBytesOf(pid);
    this.#child.send({ kind, devices });
    const [told] = await once(this.#child, "message");
    const after = writtenBytesOf(pid);
    const writtenBytes = before === undefined || after === undefined ? undefined : after - before;
    return { ...answer.parse(told), writtenBytes, residentBytes: residentBytesOf(pid) };
  }
}
