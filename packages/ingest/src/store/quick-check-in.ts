/** A check-in that is answered with nothing but the interval, and so writes no row: what is kept of it. */
import { crc32 } from "node:zlib";
import type { CheckInAnswer } from "@rollcall/protocol";

export interface QuickCheckIn {
  readonly installation: number;
  readonly counter: number;
  /** `nonceMark` of its nonce. */
  readonly mark: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As it was answered. */
  readonly intervalSeconds: number;
}

/** A nonce in four bytes: enough to tell the same check-in again from another one of the same counter. */
export const nonceMark = (nonce: string): number => crc32(nonce);

/** What stands for the nonce where that itself is not known: unlike any that a device can send. */
export const markText = (mark: number): string => `crc32:${mark.toString(16)}`;

/** What a device is answered of which nothing is wanted and for which there is no news. */
export const plainAnswer = (intervalSeconds: number): CheckInAnswer => ({ intervalSeconds, wants: [] });
