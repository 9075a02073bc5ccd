/** The session of an installation: kept in the state, renewed once when the server does not take it any more. */
import type { SigningKey } from "@rollcall/protocol";
import { ServerProblem } from "../agent-error.ts";
import { demandDeviceKey } from "../state/device-key.ts";
import type { StateDirectory } from "../state/directory.ts";
import { sessionFile } from "../state/files.ts";
import type { ServerApi } from "./server-api.ts";

export class Session {
  readonly #directory: StateDirectory;
  readonly #api: ServerApi;
  readonly #installation: string;
  #token: string | null;
  #renewed = false;

  constructor(directory: StateDirectory, api: ServerApi, installation: string) {
    this.#directory = directory;
    this.#api = api;
    this.#installation = installation;
    this.#token = directory.read(sessionFile)?.session ?? null;
  }

  /** Calls `send` with the session, and once more with a new one when the server answers that this one is over. */
  async use<T>(send: (session: string) => Promise<T>): Promise<T> {
    const session = this.#token ?? (await this.#renew((await this.#api.server()).nonce));
    try {
      return await send(session);
    } catch (error) {
      if (this.#renewed || !(error instanceof ServerProblem && error.is("session-invalid"))) throw error;
      return send(await this.#renew(error.facts.nonce ?? (await this.#api.server()).nonce));
    }
  }

  async #renew(nonce: string): Promise<string> {
    this.#renewed = true;
    const key: SigningKey = demandDeviceKey(this.#directory);
    const { session } = await this.#api.newSession(this.#installation, { key, nonce });
    this.#directory.write(sessionFile, { session });
    this.#token = session;
    return session;
  }
}
