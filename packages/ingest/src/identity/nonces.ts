/**
 * Nonces for proofs: time, randomness and an HMAC under a key of this process, so that giving one costs no
 * memory. Good for five minutes and once; a restart makes the earlier ones void.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { RollcallError } from "@rollcall/protocol";
import { knownBytes, RandomSet } from "../random-set.ts";

const lifetime = 5 * 60_000;
const timeBytes = 6;
const randomPart = 10;
const macBytes = 16;

export class Nonces {
  readonly #key = randomBytes(32);
  readonly #now: () => number;
  /** Spent nonces of this period and the one before: each period is one lifetime, so nothing is forgotten early. */
  #spent = new RandomSet();
  #spentBefore = new RandomSet();
  #period = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  give(): string {
    const body = Buffer.alloc(timeBytes + randomPart);
    body.writeUIntBE(this.#now(), 0, timeBytes);
    randomBytes(randomPart).copy(body, timeBytes);
    return Buffer.concat([body, this.#mac(body)]).toString("base64url");
  }

  /** Uses a nonce up. Throws `nonce-invalid` when it is not ours, too old or spent. */
  spend(nonce: string): void {
    const bytes = Buffer.from(nonce, "base64url");
    if (bytes.length !== timeBytes + randomPart + macBytes || bytes.toString("base64url") !== nonce)
      throw new RollcallError("nonce-invalid");
    const body = bytes.subarray(0, timeBytes + randomPart);
    if (!timingSafeEqual(this.#mac(body), bytes.subarray(timeBytes + randomPart)))
      throw new RollcallError("nonce-invalid");
    const age = this.#now() - body.readUIntBE(0, timeBytes);
    if (age < 0 || age > lifetime) throw new RollcallError("nonce-invalid");
    this.#turn();
    // Its end: the MAC, which is as random as it is.
    const end = bytes.subarray(-knownBytes);
    if (this.#spent.has(end) || this.#spentBefore.has(end)) throw new RollcallError("nonce-invalid");
    this.#spent.add(end);
  }

  #turn(): void {
    const period = Math.floor(this.#now() / lifetime);
    // A clock that is set back brings nothing spent back.
    if (period <= this.#period) return;
    this.#spentBefore = period === this.#period + 1 ? this.#spent : new RandomSet();
    this.#spent = new RandomSet();
    this.#period = period;
  }

  #mac(body: Uint8Array): Buffer {
    return createHmac("sha256", this.#key).update(body).digest().subarray(0, macBytes);
  }
}
