/** The line to one server: few connections that stay open, shared by all simulated devices. */
import {
  type IncomingHttpHeaders,
  Agent as PlainAgent,
  request as plain,
  type RequestOptions,
} from "node:http";
import { Agent as SecureAgent, request as secure } from "node:https";

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
  /** What a request of one's own needs to get there. */
  readonly where: RequestOptions;
  readonly #agent: PlainAgent;
  readonly #request: typeof plain;

  /** @param url `http:`, `https:` or `unix:` as an enrolment string has it */
  constructor(url: string, connections: number, ca?: string) {
    const options = { keepAlive: true, maxSockets: connections, scheduling: "fifo" } as const;
    if (url.startsWith("unix:")) this.where = { socketPath: url.slice("unix:".length) };
    else {
      const { hostname, port } = new URL(url);
      this.where = { host: hostname.replace(/^\[(.*)\]$/, "$1"), ...(port === "" ? {} : { port }) };
    }
    const isSecure = url.startsWith("https:");
    this.#agent = isSecure
      ? new SecureAgent({ ...options, ...(ca === undefined ? {} : { ca }) })
      : new PlainAgent(options);
    this.#request = isSecure ? secure : plain;
  }

  send({ method, path, headers = {}, body }: LineRequest): Promise<LineAnswer> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
      const options = { ...this.where, agent: this.#agent, method, path, headers: { ...headers, ...length } };
      const request = this.#request(options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
        });
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      request.on("error", reject);
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
