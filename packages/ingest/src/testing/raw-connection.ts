/** A connection over which a test writes, byte by byte, what no HTTP client would. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Reply } from "./simulated-device.ts";

export class RawConnection {
  readonly #socket: Socket;
  #received = "";
  readonly #ended: Promise<unknown>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // Text is all that these servers answer with; lengths are compared as bytes below.
    socket.setEncoding("latin1");
    socket.on("data", (part: string) => {
      this.#received += part;
    });
    // A server may close while the test still writes.
    socket.on("error", () => {});
    this.#ended = new Promise((resolve) => socket.once("close", resolve));
  }

  /** Opens one to `http://HOST:PORT`; rejects when it is refused. */
  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    return new RawConnection(socket);
  }

  write(content: string | Uint8Array): void {
    this.#socket.write(content);
  }

  /** Says that nothing more comes. */
  end(): void {
    this.#socket.end();
  }

  /** Resolves when the other end has closed. */
  async closed(): Promise<void> {
    await this.#ended;
  }

  /** The next answer, once it is whole. Rejects when the other end closes before. */
  async reply(): Promise<Reply> {
    for (;;) {
      const found = readReply(this.#received);
      if (found) {
        this.#received = this.#received.slice(found.length);
        return found.reply;
      }
      if (this.#socket.closed) throw new Error(`closed after ${JSON.stringify(this.#received)}`);
      await Promise.race([once(this.#socket, "data"), this.#ended]);
    }
  }
}

function readReply(text: string): { reply: Reply; length: number } | null {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [statusLine = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = "", ...value] = line.split(": ");
      return [name.toLowerCase(), value.join(": ")];
    }),
  );
  const length = end + 4 + Number(headers["content-length"] ?? 0);
  if (text.length < length) return null;
  const content = Buffer.from(text.slice(end + 4, length), "latin1").toString();
  return { reply: { status: Number(statusLine.split(" ")[1]), headers, body: parsed(content) }, length };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
