/** What a bench is, and the form in which it tells its result. */
import { median } from "./statistics.ts";

export const databases = ["sqlite", "postgres"] as const;
export type Database = (typeof databases)[number];

/** What a bench works with; made by `main.ts`, which ends whatever a bench started. */
export interface Surroundings {
  /** Devices that the server knows, for benches that have any. */
  readonly devices: number;
  /** How long to measure, in all. */
  readonly seconds: number;
  /** Where the server keeps its data. */
  readonly database: Database;
  /** An empty folder, removed in the end. */
  readonly directory: string;
  /** Tells a person how far it is. */
  note(text: string): void;
  /** To be done in the end, however the bench ends; the last one first. */
  atEnd(step: () => Promise<void> | void): void;
}

export type Better = "higher" | "lower";

/** Samples of ours, and of what it is compared with. */
export interface Compared {
  readonly unit: string;
  readonly better: Better;
  readonly ours: readonly number[];
  readonly baseline: { readonly name: string; readonly values: readonly number[] };
}

export interface Measured extends Pick<Compared, "ours" | "baseline"> {
  /** Everything else that was measured, by a name that carries its unit. */
  readonly figures: Readonly<Record<string, Compared>>;
}

export interface Bench extends Pick<Compared, "unit" | "better"> {
  readonly name: string;
  /** The main figure in words. */
  readonly measures: string;
  readonly defaults: Pick<Surroundings, "devices" | "seconds">;
  /** Whether it runs over PostgreSQL, too. */
  readonly overPostgres?: true;
  run(surroundings: Surroundings): Promise<Measured>;
}

/** Medians of what was compared. */
export interface Figure extends Pick<Compared, "unit" | "better"> {
  readonly ours: number;
  readonly baseline: { readonly name: string; readonly value: number };
  /** Ours ÷ baseline; null where the baseline is zero. */
  readonly ratio: number | null;
}

/** As `--json` prints it. */
export interface Result extends Figure {
  readonly bench: string;
  /** How many each side has of the main figure. */
  readonly samples: number;
  readonly figures: Readonly<Record<string, Figure>>;
}

/** Figures without samples are left out: not every system tells everything. */
export function resultOf({ name, unit, better }: Bench, { figures, ...main }: Measured): Result {
  const told = Object.entries(figures).filter(
    ([, { ours, baseline }]) => ours.length * baseline.values.length > 0,
  );
  return {
    bench: name,
    ...figureOf({ unit, better, ...main }),
    samples: Math.min(main.ours.length, main.baseline.values.length),
    figures: Object.fromEntries(told.map(([each, compared]) => [each, figureOf(compared)])),
  };
}

function figureOf({ unit, better, ours: samples, baseline: { name, values } }: Compared): Figure {
  const [ours, value] = [median(samples), median(values)];
  return { unit, better, ours, baseline: { name, value }, ratio: value === 0 ? null : ours / value };
}
