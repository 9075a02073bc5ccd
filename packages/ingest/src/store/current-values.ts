/** What moves at every check-in, and what every check-in asks: kept current in memory, by ordinal. */

export interface CurrentReader {
  /** The highest ordinal of an installation that anything is known of, 0 where there is none. */
  readonly installations: number;
}

export class CurrentValues implements CurrentReader {
  readonly installations = 0;
}
