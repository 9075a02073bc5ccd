/** What the domains work with, made once per server and handed to each. */
import type { Digest, PolicyName } from "@rollcall/protocol";
import type { Config } from "./config.ts";
import type { Decoding } from "./decoding/decoding.ts";
import type { Proxies } from "./http/proxies.ts";
import type { Nonces } from "./identity/nonces.ts";
import type { PublicAddress } from "./identity/public-address.ts";
import type { ServerKeys } from "./identity/server-keys.ts";
import type { Countries } from "./location/countries.ts";
import type { Alarm } from "./logs/request-log.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { Ledger } from "./privacy/ledger.ts";
import type { Lookups } from "./privacy/lookups.ts";
import type { Index } from "./store/search-index.ts";
import type { Store } from "./store/store.ts";

/** The sections, with the highest schema of each, that this server takes. */
export interface Accepted {
  readonly sections: Readonly<Record<string, number>>;
  readonly digest: Digest;
}

export interface Services {
  readonly store: Store;
  readonly index: Index;
  readonly config: Config;
  readonly keys: ServerKeys;
  readonly nonces: Nonces;
  readonly ledger: Ledger;
  readonly decoding: Decoding;
  readonly lookups: Lookups;
  readonly countries: Countries;
  /** null where they are switched off. */
  readonly metrics: Metrics | null;
  /** Path of the data directory. */
  readonly directory: string;
  /** Path of the present request log. */
  readonly requestLog: string;
  readonly policy: PolicyName;
  readonly accepts: Accepted;
  /** `unix:` address of the socket for agents on this machine. */
  readonly localUrl: string;
  readonly publicAddress: PublicAddress;
  readonly proxies: Proxies;
  /** The OS account that runs the server; who reaches the control socket acts as it. */
  readonly operator: string;
  /** How long a sender may be too slow, milliseconds. */
  readonly bodyPatience: number;
  /** Milliseconds since 1970. */
  now(): number;
  /** Tells whoever runs the server. */
  alarm(alarm: Alarm): void;
  /** Tells that retention has removed rows, by table. */
  removed(rows: Readonly<Record<string, number>>): void;
  /** Does what is due by the clock, or since a key came into use: keys and certificates. */
  tend(): Promise<void>;
}
