/**
 * Tells those that follow the log of every server's entries, in order for each. Of its own they hear before whoever
 * committed it; another's are read when that one wakes everybody, or else soon.
 */
import { Client } from "pg";
import type { LogEntry } from "./log.ts";
import { connectionTo } from "./postgres-dialect.ts";
import type { PostgresLogReader } from "./postgres-log.ts";
import type { Follower } from "./store.ts";

/** What servers wake each other by; it carries nothing. */
export const channel = "rollcall_log";

/** How often the log is read whether or not anybody woke, milliseconds. */
const soon = 1_000;

/** Entries that are read at once. */
const page = 1_000;

export class Following {
  readonly #url: string;
  readonly #reader: PostgresLogReader;
  /** The last entry of each server that was told. */
  readonly #told: Map<number, number>;
  readonly #followers: Follower[] = [];
  readonly #timer: NodeJS.Timeout;
  #ear: Client | null = null;
  #reading: Promise<void> | null = null;
  #isAsked = false;
  #closed = false;

  private constructor(url: string, reader: PostgresLogReader, told: Map<number, number>) {
    this.#url = url;
    this.#reader = reader;
    this.#told = told;
    this.#timer = setInterval(() => this.#wake(), soon).unref();
    this.#wake();
  }

  static async open(url: string, reader: PostgresLogReader): Promise<Following> {
    const { newest } = await reader.reach();
    return new Following(url, reader, new Map(newest.map(({ server, seq }) => [server, seq])));
  }

  follow(follower: Follower): void {
    this.#followers.push(follower);
  }

  async scrub(): Promise<void> {
    await Promise.all(this.#followers.map((follower) => follower.scrub()));
  }

  /** This server committed an entry. */
  async committed(entry: LogEntry): Promise<void> {
    const { server, seq } = entry.position;
    // One before it may be committed and not be told: its connection was lost before the answer came.
    if ((this.#told.get(server) ?? 0) < seq - 1) await this.#read();
    this.#tell(entry);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#reading?.catch(() => {});
    await this.#ear?.end().catch(() => {});
  }

  #tell(entry: LogEntry): void {
    const { server, seq } = entry.position;
    if (seq <= (this.#told.get(server) ?? 0)) return;
    this.#told.set(server, seq);
    for (const follower of this.#followers) follower.tell(entry);
  }

  #wake(): void {
    this.#listen();
    // Where the database is away, the next turn reads what was missed.
    this.#read().catch(() => {});
  }

  /** Reads what is not told yet; whoever asks while that goes on gets another turn after it. */
  #read(): Promise<void> {
    this.#isAsked = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    while (this.#isAsked && !this.#closed) {
      this.#isAsked = false;
      for (const { server, seq } of (await this.#reader.reach()).newest) await this.#readOf(server, seq);
    }
  }

  async #readOf(server: number, newest: number): Promise<void> {
    for (;;) {
      const seq = this.#told.get(server) ?? 0;
      if (seq >= newest) return;
      const entries = await this.#reader.after({ server, seq }, page);
      if (entries.length === 0) return;
      for (const entry of entries) this.#tell(entry);
    }
  }

  /** Opens the connection that is woken, where there is none. */
  #listen(): void {
    if (this.#ear || this.#closed) return;
    const ear = new Client(connectionTo(this.#url));
    this.#ear = ear;
    const lost = () => {
      if (this.#ear === ear) this.#ear = null;
    };
    ear.on("error", lost);
    ear.on("end", lost);
    ear.on("notification", () => void this.#read().catch(() => {}));
    ear
      .connect()
      .then(() => ear.query(`listen ${channel}`))
      .catch(() => {
        lost();
        return ear.end().catch(() => {});
      });
  }
}
