/** Connections over TLS, kept from one request to the next. Loaded only where the server is on another machine. */
import { Agent } from "node:https";
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { trusting } from "@rollcall/host";

export interface TlsAgent {
  readonly agent: Agent;
  /** The socket below one that carries requests: what goes over it goes over the wire. */
  wireOf(socket: Socket): Socket;
}

/** Trusts this CA alone (PEM), or, without one, what this machine trusts. */
export async function tlsAgent(ca: string | undefined): Promise<TlsAgent> {
  const trust = await trusting(ca);
  const wires = new WeakMap<Socket, Socket>();
  class Counted extends Agent {
    override createConnection(options: ConnectionOptions): Socket {
      const wire = connect({ host: options.host ?? "", port: Number(options.port) });
      const socket = connectTls({ ...options, ...trust, socket: wire });
      // One that fails before TLS begins tells it below.
      wire.once("error", (error) => socket.destroy(error));
      wires.set(socket, wire);
      return socket;
    }
  }
  return {
    agent: new Counted({ keepAlive: true, maxSockets: 1 }),
    wireOf: (socket) => wires.get(socket) ?? socket,
  };
}
