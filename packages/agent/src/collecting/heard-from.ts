/** What a service on this machine says, over TCP: bounded in time and size, half of it being better than nothing. */
import { connect } from "node:net";
import type { Dialogue } from "./collector.ts";

interface Heard {
  readonly text: string;
  /** Why it was not heard to the end, in words. */
  readonly ending?: string;
}

/** Undefined where nobody listens. `address` is `ADDRESS:PORT`, never a name. */
export function heardFrom(
  address: string,
  { say, enough, milliseconds, maxBytes }: Dialogue,
): Promise<Heard | undefined> {
  const at = address.lastIndexOf(":");
  return new Promise((resolve) => {
    let text = "";
    let size = 0;
    const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
    const settle = (heard: Heard | undefined): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(heard);
    };
    const limit = setTimeout(() => settle({ text, ending: `took over ${milliseconds} ms` }), milliseconds);
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.write(say));
    socket.on("data", (part: string) => {
      text += part;
      size += Buffer.byteLength(part);
      if (enough(text)) settle({ text });
      else if (size > maxBytes) settle({ text, ending: `said more than ${maxBytes} bytes` });
    });
    socket.on("end", () => settle({ text }));
    socket.on("error", (error) => settle(isAbsent(error) ? undefined : { text, ending: error.message }));
  });
}

const isAbsent = (error: Error): boolean => "code" in error && error.code === "ECONNREFUSED";
