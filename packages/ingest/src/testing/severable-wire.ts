/** A wire to a TCP server, for tests: it can be cut so that neither end hears of it, mended, and led to another server. */
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from "node:net";

export class SeverableWire {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Of connections to a server that is not reached any more. */
  readonly #silent = new Set<Socket>();
  #target: number;
  #isCut = false;
  /** Connections that came since it was cut: nobody answers them before it is mended. */
  #kept: Socket[] = [];

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    const { port } = server.address() as AddressInfo; // of a TCP server that listens it is one
    this.port = port;
  }

  /** A wire to a port of this machine. */
  static async to(target: number): Promise<SeverableWire> {
    const server = createServer((socket) => wire.#accept(socket)).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const wire = new SeverableWire(server, target);
    return wire;
  }

  /** From now on no byte passes, and no connection ends. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** What was sent meanwhile arrives. */
  mend(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.resume();
    for (const socket of this.#kept.splice(0)) this.#join(socket);
  }

  /** New connections reach another server; of those that are open nothing is heard any more. */
  leadTo(target: number): void {
    this.cut();
    for (const socket of this.#sockets) this.#silent.add(socket);
    this.#sockets.clear();
    this.#target = target;
    this.mend();
  }

  stop(): void {
    this.#server.close();
    for (const socket of [...this.#sockets, ...this.#silent, ...this.#kept]) socket.destroy();
  }

  #accept(socket: Socket): void {
    if (this.#isCut) this.#kept.push(socket.on("error", () => {}));
    else this.#join(socket);
  }

  #join(socket: Socket): void {
    const onward = createConnection({ port: this.#target, host: "127.0.0.1" });
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (bytes) => void to.write(bytes));
      from.on("error", () => {});
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroySoon();
      });
    }
  }
}
