/**
 * What a hundred thousand simulated devices have to remember, in flat memory: about a hundred bytes each. Keys are not
 * kept, they are worked out from the run's salt; no JavaScript object belongs to a device.
 */
import { createHash, randomBytes } from "node:crypto";
import { type Digest, type SigningKey, signingKeyFromPem } from "@rollcall/protocol";

const digestBytes = 32;
const idLength = 26;

export class Roster {
  readonly size: number;
  /** Another one in each run: devices of an earlier run have counters that this one does not know. */
  readonly #salt: Uint8Array;
  readonly #ids: Buffer;
  readonly #secrets: Buffer;
  readonly #states: Buffer;
  readonly #ordinals: Float64Array;
  readonly counters: Uint32Array;
  /** The age whose sections the server acknowledged last; `unknown` before the first. */
  readonly ages: Uint16Array;
  static readonly unknown = 65_535;

  constructor(size: number, salt: Uint8Array = randomBytes(digestBytes)) {
    this.size = size;
    this.#salt = salt;
    this.#ids = Buffer.alloc(size * idLength);
    this.#secrets = Buffer.alloc(size * digestBytes);
    this.#states = Buffer.alloc(size * digestBytes);
    this.#ordinals = new Float64Array(size);
    this.counters = new Uint32Array(size);
    this.ages = new Uint16Array(size).fill(Roster.unknown);
  }

  /** Bytes that all devices take together. */
  get bytes(): number {
    const {
      buffer: { byteLength: ordinals },
    } = this.#ordinals;
    const numbers = this.counters.byteLength + this.ages.byteLength + ordinals;
    return numbers + this.#ids.length + this.#secrets.length + this.#states.length;
  }

  /** The Ed25519 key of a device (PKCS #8 of RFC 8410 around the 32 bytes). */
  key(device: number): SigningKey {
    const seed = createHash("sha256").update(this.#salt).update(`device ${device}`).digest();
    const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
    return signingKeyFromPem(
      `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString("base64")}\n-----END PRIVATE KEY-----\n`,
    );
  }

  nextCounter(device: number): number {
    const counter = (this.counters[device] ?? 0) + 1;
    this.counters[device] = counter;
    return counter;
  }

  /** Whether the server has acknowledged everything that this device told last. */
  isAcknowledged(device: number): boolean {
    return this.ages[device] !== Roster.unknown;
  }

  isEnrolled(device: number): boolean {
    return this.#ids[device * idLength] !== 0;
  }

  installation(device: number): string {
    return `ins_${this.#ids.toString("latin1", device * idLength, (device + 1) * idLength)}`;
  }

  session(device: number): string {
    const secret = this.#secrets.toString("base64url", device * digestBytes, (device + 1) * digestBytes);
    return `rcs_${this.#ordinals[device]}.${secret}`;
  }

  state(device: number): Digest {
    return this.#states.toString("base64url", device * digestBytes, (device + 1) * digestBytes);
  }

  setInstallation(device: number, installation: string): void {
    this.#ids.write(installation.slice("ins_".length), device * idLength, idLength, "latin1");
  }

  setSession(device: number, session: string): void {
    const [ordinal = "", secret = ""] = session.slice("rcs_".length).split(".");
    this.#ordinals[device] = Number(ordinal);
    this.#secrets.write(secret, device * digestBytes, digestBytes, "base64url");
  }

  setState(device: number, state: Digest): void {
    this.#states.write(state, device * digestBytes, digestBytes, "base64url");
  }
}
