/** The process that keeps packages as rows: in a file, `bare-rows.mjs`, or in PostgreSQL, `bare-copy.mjs`. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Surroundings } from "./bench.ts";
import { costSince, costSoFar, residentBytesOf } from "./process-figures.ts";
import type { Kind, Rows } from "./told-inventory.ts";

const answer = z.object({ seconds: z.number() });

/** What it took to keep some devices' rows. */
export interface Kept {
  readonly seconds: number;
  readonly cpuSeconds: number | undefined;
  readonly writtenBytes: number | undefined;
  readonly residentBytes: number | undefined;
}

export class BareRows {
  /** What it is called in results. */
  readonly name: string;
  /** Where a file has them. */
  readonly file: string;
  readonly #child: ReturnType<typeof fork>;
  /** The database's process, where it has one. */
  readonly #behind: readonly number[];

  /** In a file, or in a PostgreSQL. */
  constructor({ directory, atEnd }: Surroundings, postgres?: { readonly url: string; readonly pid: number }) {
    const program = postgres
      ? import.meta.resolve("./bare-copy.mjs")
      : import.meta.resolve("./bare-rows.mjs");
    this.name = postgres ? "COPY of rows" : "better-sqlite3 writing rows";
    this.#behind = postgres ? [postgres.pid] : [];
    this.file = join(directory, "rows.db");
    this.#child = fork(fileURLToPath(program), [postgres?.url ?? this.file], {
      serialization: "advanced",
    });
    atEnd(() => {
      this.#child.disconnect();
    });
  }

  async keep(
    kind: Kind,
    devices: readonly { readonly device: number; readonly rows: Rows }[],
  ): Promise<Kept> {
    const { pid = 0 } = this.#child;
    const before = costSoFar([pid, ...this.#behind]);
    this.#child.send({ kind, devices });
    const [told] = await once(this.#child, "message");
    const { seconds } = answer.parse(told);
    return { seconds, ...costSince(before, [pid, ...this.#behind]), residentBytes: residentBytesOf(pid) };
  }
}
