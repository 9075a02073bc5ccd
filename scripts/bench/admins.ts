/** Admins at work on a server: questions in turns, lists read to their end, retention by hand. */
import { setTimeout as wait } from "node:timers/promises";
import type { Line, LineRequest } from "../swarm/line.ts";

/** What ten admins ask, one after the other and each from another place on. */
const questions = [
  "/api/v1/devices?q=os:debian&sort=hostname&limit=50",
  "/api/v1/devices?q=software:openssl%3C9&limit=50",
  "/api/v1/devices?q=-software:nginx%20memory:%3E1GiB&limit=50",
  "/api/v1/devices?q=seen:%3C1d&sort=-lastSeenAt&limit=50",
  "/api/v1/facets?field=os",
  "/api/v1/facets?field=vendor",
  "/api/v1/software?q=openssl&limit=50",
  "/api/v1/software?limit=50",
] as const;

/** A person reads an answer before asking on, milliseconds. */
const readingTime = 100;
/** How many of a list come at once when it is read to its end. */
const pageSize = 1_000;

/** Where a list goes on. To parse all of its page would hold up the clock by which check-ins are measured. */
const next = /[{,]"next":"([^"]*)"/;

export class Admins {
  readonly #line: Line;
  readonly #token: string;
  #working = false;
  #work: Promise<unknown> = Promise.resolve();
  /** Answers that were not refused, and those that were because the server was too busy. */
  answers = 0;
  refusals = 0;

  constructor(line: Line, token: string) {
    this.#line = line;
    this.#token = token;
  }

  /** So many admins ask, one reads all devices to the end and again, one lets retention run and again. */
  start(admins: number): void {
    this.#working = true;
    const asking = Array.from({ length: admins }, (_, each) => this.#ask(each));
    this.#work = Promise.all([...asking, this.#export(), this.#retain()]);
    // Told when it is waited for.
    this.#work.catch(() => undefined);
  }

  /** Resolves when the last of them has its answer; throws what one of them met. */
  async stop(): Promise<void> {
    this.#working = false;
    await this.#work;
  }

  async #ask(first: number): Promise<void> {
    for (let turn = first; this.#working; turn++) {
      await this.#send({ method: "GET", path: questions[turn % questions.length] ?? "" });
      await wait(readingTime);
    }
  }

  async #export(): Promise<void> {
    let cursor = "";
    while (this.#working) {
      const query = new URLSearchParams({ limit: String(pageSize), ...(cursor ? { cursor } : {}) });
      const text = await this.#send({ method: "GET", path: `/api/v1/devices?${query}` });
      cursor = next.exec(text ?? "")?.[1] ?? "";
    }
  }

  async #retain(): Promise<void> {
    while (this.#working) {
      await this.#send({ method: "POST", path: "/api/v1/retention", body: "{}" });
      await wait(readingTime);
    }
  }

  /** The answer's text; null when the server was too busy. */
  async #send(request: Omit<LineRequest, "headers">): Promise<string | null> {
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": "application/json" };
    const { status, text } = await this.#line.send({ ...request, headers });
    if (status === 503 || status === 429) {
      this.refusals += 1;
      return null;
    }
    if (status !== 200) throw new Error(`${request.path}: ${status} ${text.slice(0, 300)}`);
    this.answers += 1;
    return text;
  }
}
