/** What the index is fed with, and nothing else: devices as it is to know them. */
import type { SearchValue } from "@rollcall/protocol";

export interface IndexedDevice {
  /** The host name folded, to sort by. */
  readonly sortName: string;
  /** What it is found by; its group and its country among them. */
  readonly values: readonly SearchValue[];
}

/** A device is to be found as this from now on; null: it is gone or hidden. */
export interface Change {
  readonly ordinal: number;
  readonly device: IndexedDevice | null;
}
