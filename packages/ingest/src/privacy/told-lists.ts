/** Which devices were told of in lists, and to whom: a bit for each device and account, no object for each. */
import type { CallingAccount } from "../accounts/caller.ts";

/** Accounts that are remembered at most; then all are forgotten. */
const mostAccounts = 256;

export class ToldLists {
  readonly #devices = new Map<string, Uint8Array>();

  /** Whether an account was told of a device (its ordinal) before; from now on it was. */
  tell({ name, role }: Pick<CallingAccount, "name" | "role">, device: number): boolean {
    const bits = this.#bitsOf(JSON.stringify([name, role]), device >> 3);
    const [before, bit] = [bits[device >> 3] ?? 0, 1 << (device & 7)];
    bits[device >> 3] = before | bit;
    return (before & bit) !== 0;
  }

  forget(): void {
    this.#devices.clear();
  }

  #bitsOf(account: string, byte: number): Uint8Array {
    const known = this.#devices.get(account);
    if (known && byte < known.length) return known;
    if (this.#devices.size >= mostAccounts) this.forget();
    const bits = new Uint8Array(Math.max(2 * (known?.length ?? 0), byte + 1));
    bits.set(known ?? []);
    this.#devices.set(account, bits);
    return bits;
  }
}
