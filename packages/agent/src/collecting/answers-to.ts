/** Asks everybody in reach by one datagram, and takes what comes back for so long; no more than so many answers. */
import { createSocket, type RemoteInfo } from "node:dgram";

export interface Answer {
  /** IP address of whoever answered. */
  readonly from: string;
  readonly bytes: Uint8Array;
}

const mostAnswers = 256;

/** Of an address like `udp:224.0.0.251:5353`; only what comes from that port counts. In words why it could not ask. */
export function answersTo(
  address: string,
  question: Uint8Array,
  milliseconds: number,
): Promise<readonly Answer[] | string> {
  const [, host = "", port = ""] = /^udp:([\d.]{7,15}):(\d{1,5})$/.exec(address) ?? [];
  return new Promise((resolve) => {
    const answers: Answer[] = [];
    const socket = createSocket("udp4");
    const settle = (outcome: readonly Answer[] | string): void => {
      clearTimeout(limit);
      // A second time it is closed already.
      socket.removeAllListeners().on("error", () => undefined);
      if (!isClosed) socket.close();
      isClosed = true;
      resolve(outcome);
    };
    let isClosed = false;
    const limit = setTimeout(() => settle(answers), milliseconds);
    socket.on("error", (error) => settle(error.message.slice(0, 200)));
    socket.on("message", (bytes: Buffer, from: RemoteInfo) => {
      if (from.port !== Number(port)) return;
      answers.push({ from: from.address, bytes });
      if (answers.length >= mostAnswers) settle(answers);
    });
    socket.send(question, Number(port), host, (error) => {
      if (error) settle(error.message.slice(0, 200));
    });
  });
}
