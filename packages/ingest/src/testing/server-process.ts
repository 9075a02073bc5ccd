/** A real server in a process of its own, for tests that kill it, trace it, or must not share a thread with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { readEnrolmentString } from "@rollcall/protocol";
import { z } from "zod";
import { pathsIn } from "../store/data-directory.ts";
import {
  type Reply,
  type Request,
  SimulatedDevice,
  type SimulatedDeviceOptions,
  send,
} from "./simulated-device.ts";

const program = `
  const { startServer } = await import(${JSON.stringify(new URL("../server.ts", import.meta.url).href)});
  const listen = { host: "127.0.0.1", port: 0 };
  const [, directory, database = ""] = process.argv;
  const server = await startServer({ directory, database, listen, operator: "tester", now: Date.now });
  // The test's end of the pipe closes with the test, however that ends.
  process.stdin.once("end", () => process.exit(1)).resume();
  process.once("SIGTERM", () => server.stop().then(() => process.stdin.destroy()));
  console.log(JSON.stringify({ url: server.url, id: server.id, pid: process.pid }));
`;

const hello = z.object({ url: z.string(), id: z.string(), pid: z.int() });
const made = z.object({ enrolment: z.string() });

export class ServerProcess {
  readonly url: string;
  readonly id: string;
  readonly #directory: string;
  readonly #pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, directory: string, { url, id, pid }: z.infer<typeof hello>) {
    this.url = url;
    this.id = id;
    this.#directory = directory;
    this.#pid = pid;
    this.#child = child;
  }

  /** Starts one. `under` is a command that runs it, such as a tracer with its arguments; `database` a PostgreSQL's URL. */
  static async start(
    directory: string,
    under: readonly string[] = [],
    database = "",
  ): Promise<ServerProcess> {
    const node = [process.execPath, "--input-type=module", "--eval", program, directory, database];
    const [file = "", ...args] = [...under, ...node];
    const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"] });
    for await (const line of createInterface({ input: child.stdout }))
      return new ServerProcess(child, directory, hello.parse(JSON.parse(line)));
    throw new Error(`the server did not start: ${child.exitCode ?? child.signalCode}`);
  }

  /** Sends the server a signal and waits for the end of its process. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    process.kill(this.#pid, signal);
    await exited;
  }

  /** As the operator, through the control socket. */
  admin(method: Request["method"], path: string): Promise<Reply> {
    return send(`unix:${pathsIn(this.#directory).controlSocket}`, { method, path });
  }

  /** What so many devices enrol with. */
  async enrolment(uses = 1): Promise<SimulatedDeviceOptions> {
    const { body } = await send(`unix:${pathsIn(this.#directory).controlSocket}`, {
      method: "POST",
      path: "/api/v1/enrolment-tokens",
      body: JSON.stringify({ local: true, uses }),
    });
    const read = readEnrolmentString(made.parse(body).enrolment);
    if ("error" in read) throw new Error(read.detail);
    return { url: this.url, server: this.id, token: read.token };
  }

  /** An enrolled device. */
  async device(): Promise<SimulatedDevice> {
    const device = new SimulatedDevice(await this.enrolment());
    await device.enrol();
    return device;
  }
}
