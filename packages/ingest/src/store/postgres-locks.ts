/** The advisory locks that servers on one PostgreSQL hold against each other: number → what it keeps apart. */

/** "roll" and "call" in ASCII, so that no other program's lock is likely to be the same. */
const first = 0x726f_6c6c;

/** Two numbers name a lock: this program's, and what it is for. */
export const locks = {
  migration: [first, 1],
} as const satisfies Record<string, readonly [number, number]>;
