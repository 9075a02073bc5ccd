/** A proxy on a local socket between an agent and its server, which loses, doubles, holds back and repeats. */
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from "node:http";
import { join } from "node:path";

/** What becomes of one request. */
export type Fate =
  | "passes"
  /** The server never sees it. */
  | "request lost"
  /** The server acts on it, and nobody hears. */
  | "answer lost"
  /** It reaches the server twice; the first answer is passed on. */
  | "doubled"
  /** The answer to the second of two is passed on. */
  | "doubled, second answer"
  /** It passes, and comes again once later requests have passed. */
  | "repeated later";

interface Taken {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Given {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export class LossyWire {
  readonly path: string;
  /** Decides about each request; by default all pass. */
  fate: (request: { readonly method: string; readonly url: string }) => Fate = () => "passes";
  /** Status of what was repeated or doubled behind the agent's back. */
  readonly extra: string[] = [];
  readonly #server: Server;
  readonly #target: string;
  #late: Taken[] = [];

  static async start(folder: string, target: string): Promise<LossyWire> {
    const proxy = new LossyWire(folder, target);
    await new Promise<void>((resolve) => proxy.#server.listen(proxy.path, resolve));
    return proxy;
  }

  private constructor(folder: string, target: string) {
    this.path = join(folder, "proxy.sock");
    this.#target = target;
    this.#server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(Buffer.from(part));
      const { method = "GET", url = "/", headers } = request;
      const taken = { method, url, headers, body: Buffer.concat(parts) };
      const given = await this.#pass(taken).catch(() => null);
      if (!given) {
        request.socket.destroy();
        return;
      }
      response.writeHead(given.status, withoutHops(given.headers));
      response.end(given.body);
    });
  }

  /** What was held back arrives now, in the reverse order. */
  async deliverLate(): Promise<void> {
    for (const taken of this.#late.splice(0).reverse()) await this.#again(taken);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(taken: Taken): Promise<Given | null> {
    const fate = this.fate(taken);
    if (fate === "request lost") return null;
    const given = await this.#forward(taken);
    if (fate === "answer lost") return null;
    if (fate === "repeated later") this.#late.push(taken);
    if (fate === "doubled") await this.#again(taken);
    if (fate === "doubled, second answer") return this.#forward(taken);
    return given;
  }

  async #again(taken: Taken): Promise<void> {
    const { status } = await this.#forward(taken);
    this.extra.push(`${taken.method} ${taken.url} ${status}`);
  }

  #forward({ method, url, headers, body }: Taken): Promise<Given> {
    return new Promise((resolve, reject) => {
      const options = {
        socketPath: this.#target,
        method,
        path: url,
        headers: withoutHops(headers),
        agent: false,
      };
      const request = httpRequest(options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
      });
      request.on("error", reject);
      request.end(body);
    });
  }
}

/** Headers that belong to one connection (RFC 9110, 7.6.1). */
function withoutHops(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _, "keep-alive": __, "transfer-encoding": ___, ...rest } = headers;
  return rest;
}
