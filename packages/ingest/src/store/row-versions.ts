/**
 * By the installation's ordinal a number that is another one once its row is, or whatever else its answers depend on:
 * what somebody keeps of it in memory holds as long as that number stays.
 */
import { perSlice } from "./column.ts";

/** In `changed`, for what the answers to all of them depend on. */
export const everyInstallation = 0;

export class RowVersions {
  /** Of so many ordinals each; those that never changed have none. */
  readonly #slices: (Uint32Array | undefined)[] = [];
  /** How often all of them changed. */
  #all = 0;

  of(installation: number): number {
    const own = this.#slices[Math.floor(installation / perSlice)]?.[installation % perSlice] ?? 0;
    return this.#all * 2 ** 32 + own;
  }

  change(installation: number): void {
    if (installation === everyInstallation) {
      this.#all++;
      return;
    }
    const slice = Math.floor(installation / perSlice);
    const versions = this.#slices[slice] ?? new Uint32Array(perSlice);
    this.#slices[slice] = versions;
    const at = installation % perSlice;
    versions[at] = (versions[at] ?? 0) + 1;
  }
}
