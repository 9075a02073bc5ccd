/** One server as commands talk to it, over TCP or a local socket, by Node's own client: it loads at once. */
import type { IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";

export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Milliseconds without a byte after which a server is given up. */
const mostSilence = 60_000;

export class HttpClient {
  readonly #where: RequestOptions;
  readonly #http: typeof import("node:http") | typeof import("node:https");
  readonly #agent: import("node:http").Agent;

  /** `to`: an http or https origin, or the path of a local socket. `ca`, PEM: trusted alone, not what this machine trusts. */
  static async to(to: URL | string, ca?: string): Promise<HttpClient> {
    if (typeof to === "string") return new HttpClient(await import("node:http"), { socketPath: to });
    const { hostname, port, protocol } = to;
    // An IPv6 address stands in brackets in a URL only.
    const where = { host: hostname.replace(/^\[(.*)\]$/, "$1"), port };
    if (protocol !== "https:") return new HttpClient(await import("node:http"), where);
    const { trusting } = await import("@rollcall/host");
    return new HttpClient(await import("node:https"), { ...where, ...(await trusting(ca)) });
  }

  private constructor(http: typeof import("node:http") | typeof import("node:https"), where: RequestOptions) {
    this.#http = http;
    this.#where = where;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  }

  /** Rejects with the system's error when the server was not reached. */
  async request({ body, ...asked }: HttpRequest): Promise<HttpAnswer> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { ...this.#where, ...asked, agent: this.#agent, timeout: mostSilence };
      const request = this.#http.request(options, resolve);
      request.on("error", reject);
      request.on("timeout", () =>
        request.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })),
      );
      request.end(body);
    });
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(Buffer.from(part));
    return { status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() };
  }

  close(): void {
    this.#agent.destroy();
  }
}
