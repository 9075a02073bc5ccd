/** A real server on a temporary directory, for tests: loopback port, local sockets, a clock that tests can turn. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Enrolment,
  type EnrolmentAnswer,
  grantOf,
  isGrantableUnasked,
  readEnrolmentString,
  readGrantList,
  withGrants,
} from "@rollcall/protocol";
import { z } from "zod";
import { type RunningServer, type ServerOptions, startServer } from "../server.ts";
import { pathsIn } from "../store/data-directory.ts";
import { demandDeclared } from "./declared-answer.ts";
import { demandCurrentKept } from "./kept-current.ts";
import { preparedDatabase } from "./postgres.ts";
import { optionsOf, type Reply, type Request, SimulatedDevice, send } from "./simulated-device.ts";

// What a server's threads load is compiled once for all tests, as `rollcall` does it for all starts.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL("../../../../node_modules/.cache/rollcall", import.meta.url),
);

/** As for an enrolment token, but that here `grant` is what the person at the device grants. */
type DeviceOptions = Readonly<Record<string, unknown>> & { readonly grant?: string };

const newApiToken = z.object({ token: z.string() });

export class TestServer {
  readonly directory: string;
  readonly #options: ServerOptions;
  #running: RunningServer;
  #isRunning = true;
  /** Added to the real clock, milliseconds. */
  ahead = 0;

  private constructor(options: ServerOptions, running: RunningServer, clock: { ahead: () => number }) {
    this.directory = options.directory;
    this.#options = options;
    this.#running = running;
    clock.ahead = () => this.ahead;
  }

  static async start(
    directory = mkdtempSync(join(tmpdir(), "rollcall-test-")),
    others: Partial<ServerOptions> = {},
  ): Promise<TestServer> {
    const clock = { ahead: () => 0 };
    const options = {
      ...(await usualDatabase()),
      directory,
      listen: { host: "127.0.0.1", port: 0 },
      operator: "tester",
      now: () => Date.now() + clock.ahead(),
      ...others,
    };
    return new TestServer(options, await startServer(options), clock);
  }

  /** `postgres://…`, or the path of a SQLite file. */
  get database(): string {
    return this.#options.database ?? pathsIn(this.directory).database;
  }

  get url(): string {
    return this.#running.url ?? "";
  }

  /** That of the page and the API, where they have one of their own. */
  get adminUrl(): string {
    return this.#running.adminUrl ?? "";
  }

  get routes(): RunningServer["routes"] {
    return this.#running.routes;
  }

  get id(): string {
    return this.#running.id;
  }

  /** What is being received and decoded. */
  get memory(): RunningServer["memory"] {
    return this.#running.memory;
  }

  get control(): string {
    return `unix:${pathsIn(this.directory).controlSocket}`;
  }

  /** As the operator, through the control socket. */
  admin(method: Request["method"], path: string, body?: unknown): Promise<Reply> {
    const headers = { "content-type": "application/json" };
    return this.#send(this.control, {
      method,
      path,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** With an API token, over the network. */
  asToken(token: string, path: string): Promise<Reply> {
    return this.#send(this.url, { method: "GET", path, headers: { authorization: `Bearer ${token}` } });
  }

  /** Throws where the answer is not the one that its route declares. */
  async #send(url: string, request: Request): Promise<Reply> {
    const reply = await send(url, request);
    demandDeclared(this.routes, request, reply);
    return reply;
  }

  /** A new API token. */
  async apiToken(options: Readonly<Record<string, unknown>>): Promise<string> {
    const { body } = await this.admin("POST", "/api/v1/api-tokens", { name: "test", ...options });
    return newApiToken.parse(body).token;
  }

  async enrolment(options: Readonly<Record<string, unknown>> = {}): Promise<Enrolment> {
    const reply = await this.admin("POST", "/api/v1/enrolment-tokens", {
      local: true,
      ...options,
    });
    const { enrolment } = reply.body as { enrolment: string };
    const read = readEnrolmentString(enrolment);
    if ("error" in read) throw new Error(read.detail);
    return read;
  }

  /** A device that has not enrolled yet, with a token for it. */
  async stranger(options: Readonly<Record<string, unknown>> = {}): Promise<SimulatedDevice> {
    return new SimulatedDevice({ ...optionsOf(await this.enrolment(options)), url: this.url });
  }

  /**
   * A device that has enrolled: the organisation's, with what is sent unasked; or, with `grant`, a personal one whose
   * person consents to these.
   */
  async device({ grant, ...options }: DeviceOptions = {}): Promise<SimulatedDevice> {
    const device = await this.stranger(grant === undefined ? options : { ownership: "personal", ...options });
    const answer = await device.enrol();
    if (grant !== undefined) await consent(device, answer, grant);
    return device;
  }

  /** Ends it and starts it again on the same directory. */
  async restart(): Promise<void> {
    await this.stop();
    this.#running = await startServer(this.#options);
    this.#isRunning = true;
  }

  /** What it does every minute. */
  tend(): Promise<void> {
    return this.#running.tend();
  }

  async stop(): Promise<void> {
    await this.#running.stop();
    // What a test puts in place afterwards is not what the server left.
    if (this.#isRunning) demandCurrentKept(pathsIn(this.directory).database);
    this.#isRunning = false;
  }

  /** Ends it and removes its directory. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A new database for each server where tests are run over PostgreSQL (`ROLLCALL_TEST_ENGINE=postgres`), else none. */
const usualDatabase = async (): Promise<Pick<ServerOptions, "database">> =>
  process.env.ROLLCALL_TEST_ENGINE === "postgres" ? { database: await preparedDatabase() } : {};

/** Grants what stands on consent there, as the agent does for the person who types this list. */
async function consent(
  device: SimulatedDevice,
  { ownership, grants, policy }: EnrolmentAnswer,
  list: string,
): Promise<void> {
  const wishes = readGrantList(list);
  if ("error" in wishes) throw new Error(wishes.error);
  const at = new Date().toISOString();
  const giver = { by: "ada", interactive: true, at, policyDigest: policy.digest };
  const asked = wishes.filter((wish) => !isGrantableUnasked(wish, ownership));
  if (asked.length === 0) return;
  const wanted = withGrants(
    grants,
    asked.map((wish) => grantOf(wish, ownership, giver)),
  );
  const { status } = await device.putConsent(wanted);
  if (status !== 200) throw new Error(`consent: ${status}`);
  device.grants = wanted;
  device.consentNumber++;
}
