/** Questions to the inventory's API, with everything that was acknowledged before; an answer that is not of the contract's shape fails the test that asked. */
import type { z } from "zod";
import { devicePage, deviceWhole, namedDevices } from "../inventory/answers.ts";
import { facets, titlePage } from "../search/answers.ts";
import type { Reply } from "./simulated-device.ts";
import type { TestServer } from "./test-server.ts";

export type Parameters = Readonly<Record<string, string | number>>;

const fresh = { fresh: "true" } as const;

/** A busy machine may take longer over its index than a request waits for it: so often it is asked again. */
const patience = 24;

function addressOf(path: string, parameters: Parameters = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) search.set(name, String(value));
  return search.size > 0 ? `/api/v1/${path}?${search}` : `/api/v1/${path}`;
}

export class Inventory {
  readonly #server: TestServer;
  readonly #token: string | undefined;

  /** With an API token, or without one as the operator. */
  constructor(server: TestServer, token?: string) {
    this.#server = server;
    this.#token = token;
  }

  get(path: string, parameters?: Parameters): Promise<Reply> {
    const address = addressOf(path, parameters);
    return this.#token === undefined
      ? this.#server.admin("GET", address)
      : this.#server.asToken(this.#token, address);
  }

  devices(parameters?: Parameters) {
    return this.#ask(devicePage, "devices", { ...parameters, ...fresh });
  }

  named(name: string) {
    return this.#ask(namedDevices, "devices-named", { name });
  }

  device(id: string) {
    return this.#ask(deviceWhole, `devices/${id}`);
  }

  /** Titles without when they were seen. */
  async software(parameters?: Parameters) {
    const { items, ...page } = await this.softwareSeen(parameters);
    return { ...page, items: items.map(({ firstSeenAt: _first, lastSeenAt: _last, ...item }) => item) };
  }

  softwareSeen(parameters?: Parameters) {
    return this.#ask(titlePage, "software", { ...parameters, ...fresh });
  }

  facets(parameters: Parameters) {
    return this.#ask(facets, "facets", { ...parameters, ...fresh });
  }

  /** Host names of the devices that a query finds, in the order of enrolment. */
  async found(q: string): Promise<(string | null)[]> {
    return (await this.devices({ q, limit: 1_000 })).items.map(({ hostname }) => hostname);
  }

  /** Every item of a list, page by page, in the order of the answers. */
  async walk<Item>(
    list: (parameters: Parameters) => Promise<{ items: Item[]; next: string | null }>,
    parameters: Parameters,
    between: () => Promise<unknown> = async () => undefined,
  ): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Item[]; next: string | null } = await list.call(this, {
        ...parameters,
        ...(cursor === null ? {} : { cursor }),
      });
      items.push(...page.items);
      cursor = page.next;
      await between();
    } while (cursor !== null);
    return items;
  }

  async #ask<T>(shape: z.ZodType<T>, path: string, parameters?: Parameters): Promise<T> {
    let reply = await this.get(path, parameters);
    for (let left = patience; reply.status === 503 && left > 0; left--)
      reply = await this.get(path, parameters);
    const { status, body } = reply;
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return shape.parse(body);
  }
}
