/** The line to one server: few connections that stay open, shared by all simulated devices. */
import type { IncomingHttpHeaders, RequestOptions } from "node:http";
import { Pool } from "undici";

export interface LineRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export interface LineAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export class Line {
  /** What a request of one's own, past the line, needs to get there. */
  readonly where: RequestOptions;
  readonly #pool: Pool;

  /** @param url `http:`, `https:` or `unix:` as an enrolment string has it */
  constructor(url: string, connections: number, ca?: string) {
    const isLocal = url.startsWith("unix:");
    const { origin, hostname, port } = new URL(isLocal ? "http://localhost" : url);
    const socketPath = url.slice("unix:".length);
    this.where = isLocal ? { socketPath } : { host: hostname.replace(/^\[(.*)\]$/, "$1"), port };
    const trusted = ca === undefined ? {} : { ca };
    this.#pool = new Pool(origin, {
      connections,
      connect: { ...trusted, ...(isLocal ? { socketPath } : {}) },
    });
  }

  async send({ method, path, headers = {}, body }: LineRequest): Promise<LineAnswer> {
    const answer = await this.#pool.request({ method, path, headers, body: body ?? null });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
