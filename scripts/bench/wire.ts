/** Counts what goes over a local socket: a passage between an agent and its server that changes no byte. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { withSocketPath } from "@rollcall/host";
import type { Surroundings } from "./bench.ts";

/** A request and its answer, headers included. */
export interface Exchange {
  /** Method and path. */
  readonly request: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

type Counting = { -readonly [K in keyof Exchange]: Exchange[K] };

export class Wire {
  #exchanges: Counting[] = [];
  readonly #sockets = new Set<Socket>();

  /** Listens on this path and leads to the socket at the other. Requests of a connection come one after the other. */
  static async open({ atEnd }: Surroundings, path: string, to: string): Promise<Wire> {
    const wire = new Wire();
    // Whatever breaks, the agent sees, and tells.
    const server = createServer((near) => wire.#carry(near, to).catch(() => near.destroy()));
    await withSocketPath(path, (address) => once(server.listen(address), "listening"));
    atEnd(() => {
      for (const socket of wire.#sockets) socket.destroy();
      server.close();
    });
    return wire;
  }

  async #carry(near: Socket, to: string): Promise<void> {
    this.#sockets.add(near);
    const far = await withSocketPath(to, async (address) => {
      const socket = connect(address);
      await once(socket, "connect");
      return socket;
    });
    this.#sockets.add(far);
    this.#count(near, far);
    await Promise.all([pipeline(near, far), pipeline(far, near)]);
  }

  #count(near: Socket, far: Socket): void {
    let current: Counting | null = null;
    near.on("data", (part: Buffer) => {
      if (current === null || current.receivedBytes > 0) {
        const [request = ""] = part.toString("latin1").split(" HTTP/1.1\r\n");
        current = { request, sentBytes: 0, receivedBytes: 0 };
        this.#exchanges.push(current);
      }
      current.sentBytes += part.length;
    });
    far.on("data", (part: Buffer) => {
      if (current) current.receivedBytes += part.length;
    });
  }

  /** What went over it since this was last asked. */
  taken(): readonly Exchange[] {
    const exchanges = this.#exchanges;
    this.#exchanges = [];
    return exchanges;
  }
}
