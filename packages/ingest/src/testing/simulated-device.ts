/** A device that speaks the real protocol over HTTP, for tests and benches: no collectors, no state on disk. */
import { randomBytes } from "node:crypto";
import { request as httpRequest, type RequestOptions } from "node:http";
import { withSocketPath } from "@rollcall/host";
import {
  agentApplication,
  type CheckInAnswer,
  canonicalBytes,
  compress,
  compressDcz,
  type Digest,
  dictionaryIdHeader,
  type Enrolment,
  type EnrolmentAnswer,
  enrolmentAnswer,
  type Grant,
  makeProof,
  newSigningKey,
  nonceHeader,
  type ProofSubject,
  type ProofUse,
  reprDigest,
  type SectionsAnswer,
  type SectionsRequest,
  type SigningKey,
  serverAnswer,
  sessionAnswer,
  stateDigest,
} from "@rollcall/protocol";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends one request to `http://HOST:PORT` or `unix:/PATH` and reads the answer as JSON, or text where it is none. */
export function send(url: string, request: Request): Promise<Reply> {
  if (url.startsWith("unix:"))
    return withSocketPath(url.slice("unix:".length), (socketPath) => sendTo({ socketPath }, request));
  const { hostname, port } = new URL(url);
  return sendTo({ host: hostname, port }, request);
}

function sendTo(where: RequestOptions, { method, path, body, headers = {} }: Request): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ ...where, method, path, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: readBody(Buffer.concat(parts).toString()),
        }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const json = { "content-type": "application/json" };

export interface SimulatedDeviceOptions {
  readonly url: string;
  /** The server's id. */
  readonly server: string;
  readonly token: string;
  readonly key?: SigningKey;
}

/** What an enrolment string says, as a simulated device needs it. */
export const optionsOf = ({ url, server, token }: Enrolment): SimulatedDeviceOptions => ({
  url,
  server,
  token,
});

export class SimulatedDevice {
  readonly key: SigningKey;
  readonly #options: SimulatedDeviceOptions;
  /** Where the server is; another one after it was started again. */
  url: string;
  installation = "";
  device = "";
  session = "";
  grants: readonly Grant[] = [];
  policyDigest: Digest = "";
  counter = 0;
  consentNumber = 1;
  stateDigest = stateDigest({});

  constructor(options: SimulatedDeviceOptions) {
    this.#options = options;
    this.url = options.url;
    this.key = options.key ?? newSigningKey();
  }

  send(request: Request): Promise<Reply> {
    return send(this.url, request);
  }

  async nonce(): Promise<string> {
    const { headers, body } = await this.send({ method: "GET", path: "/v1/server" });
    serverAnswer.parse(body);
    return String(headers[nonceHeader]);
  }

  /** A request that carries a proof over its body. */
  async prove(
    use: ProofUse,
    path: string,
    value: unknown,
    installation?: string,
    nonce?: string,
  ): Promise<Reply> {
    const body = Buffer.from(JSON.stringify(value));
    const subject = {
      use,
      audience: this.#options.server,
      method: "POST",
      target: path,
      body,
      nonce: nonce ?? (await this.nonce()),
    } as const;
    const proof = makeProof(this.key, installation === undefined ? subject : { ...subject, installation });
    return this.send({ method: "POST", path, body, headers: { ...json, "rollcall-proof": proof } });
  }

  /** A request of the person at the device. Its proof says what is true of it, but for `changes`. */
  async me(
    method: Request["method"],
    path: string,
    value?: unknown,
    { key = this.key, ...changes }: Partial<ProofSubject> & { readonly key?: SigningKey } = {},
  ): Promise<Reply> {
    const body = value === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(value));
    const { installation } = this;
    const nonce = changes.nonce ?? (await this.nonce());
    const audience = this.#options.server;
    const subject = { use: "me", audience, installation, method, target: path, body, nonce } as const;
    const headers = {
      ...json,
      // A GET has no framing of its own.
      ...(value === undefined ? {} : { "content-length": String(body.length) }),
      "rollcall-proof": makeProof(key, { ...subject, ...changes }),
    };
    return this.send({ method, path, headers, ...(value === undefined ? {} : { body }) });
  }

  enrolmentBody(token = this.#options.token) {
    const applications = [{ number: agentApplication, version: "0.1.0", channel: "stable" }];
    return { token, key: this.key.publicKey, applications, os: { type: "linux", version: "12.11" } };
  }

  /** Enrols and remembers what the server said. Throws on any other answer than 201. */
  async enrol(): Promise<EnrolmentAnswer> {
    return this.#remember(await this.prove("enrol", "/v1/enrolments", this.enrolmentBody()));
  }

  #remember(reply: Reply): EnrolmentAnswer {
    if (reply.status !== 201) throw new Error(`enrolment: ${reply.status} ${JSON.stringify(reply.body)}`);
    const answer = enrolmentAnswer.parse(reply.body);
    this.installation = answer.installation;
    this.device = answer.device;
    this.session = answer.session;
    this.grants = answer.grants;
    this.policyDigest = answer.policy.digest;
    return answer;
  }

  /** Asks for a successor under another device's key. */
  async succession(
    { key }: SimulatedDevice,
    changes: Readonly<Record<string, unknown>> = {},
  ): Promise<Reply> {
    const { token: _, ...newcomer } = this.enrolmentBody();
    const body = { ...newcomer, key: key.publicKey, succeeds: this.installation, ...changes };
    const bytes = Buffer.from(JSON.stringify(body));
    const nonce = await this.nonce();
    const audience = this.#options.server;
    const about = { audience, method: "POST", target: "/v1/enrolments", body: bytes, nonce } as const;
    const proofs = [
      makeProof(key, { ...about, use: "enrol" }),
      makeProof(this.key, { ...about, use: "succeed", installation: this.installation }),
    ];
    const headers = { ...json, "rollcall-proof": proofs.join(", ") };
    return this.send({ method: "POST", path: "/v1/enrolments", body: bytes, headers });
  }

  /** A successor of this device that has enrolled; without `as`, under a new key. */
  async successor(as?: SimulatedDevice): Promise<SimulatedDevice> {
    const successor = as ?? new SimulatedDevice({ ...this.#options, url: this.url, key: newSigningKey() });
    successor.#remember(await this.succession(successor));
    return successor;
  }

  /** A device with the same state: what a copied directory or a restored snapshot is. */
  copy(): SimulatedDevice {
    const copy = new SimulatedDevice({ ...this.#options, url: this.url, key: this.key });
    return Object.assign(copy, { ...this });
  }

  async newSession(): Promise<void> {
    const reply = await this.prove(
      "session",
      "/v1/sessions",
      { installation: this.installation },
      this.installation,
    );
    this.session = sessionAnswer.parse(reply.body).session;
  }

  #authorised(headers: Record<string, string> = {}): Record<string, string> {
    return { authorization: `Bearer ${this.session}`, ...json, ...headers };
  }

  checkInBody(changes: Readonly<Record<string, unknown>> = {}) {
    return {
      counter: ++this.counter,
      nonce: randomBytes(16).toString("base64url"),
      stateDigest: this.stateDigest,
      consentNumber: this.consentNumber,
      applications: [{ number: agentApplication, version: "0.1.0", channel: "stable" }],
      ...changes,
    };
  }

  checkIn(body: unknown = this.checkInBody()): Promise<Reply> {
    return this.send({
      method: "POST",
      path: "/v1/check-ins",
      body: JSON.stringify(body),
      headers: this.#authorised(),
    });
  }

  /** A check-in that has to succeed. */
  async checkedIn(changes: Readonly<Record<string, unknown>> = {}): Promise<CheckInAnswer> {
    const reply = await this.checkIn(this.checkInBody(changes));
    if (reply.status !== 200) throw new Error(`check-in: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body as CheckInAnswer;
  }

  putConsent(grants: readonly Grant[], consentNumber = this.consentNumber + 1): Promise<Reply> {
    return this.send({
      method: "PUT",
      path: "/v1/consent",
      body: canonicalBytes({ consentNumber, grants }),
      headers: this.#authorised(),
    });
  }

  sectionsBody(sections: Readonly<Record<string, unknown>>, changes: Partial<SectionsRequest> = {}) {
    return {
      counter: this.counter,
      baseStateDigest: this.stateDigest,
      consentNumber: this.consentNumber,
      sections,
      ...changes,
    };
  }

  putBytes(bytes: Uint8Array, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send({
      method: "PUT",
      path: "/v1/sections",
      body: bytes,
      headers: this.#authorised(headers),
    });
  }

  putSections(body: unknown): Promise<Reply> {
    const bytes = compress(canonicalBytes(body));
    return this.putBytes(bytes, { "content-encoding": "zstd", "repr-digest": reprDigest(bytes) });
  }

  /** Packed with these sections as the dictionary, which is found by its digest alone unless `id` names them. */
  putWithDictionary(body: unknown, sections: Readonly<Record<string, unknown>>, id?: string): Promise<Reply> {
    const bytes = compressDcz(canonicalBytes(body), canonicalBytes(sections));
    return this.putBytes(bytes, {
      "content-encoding": "dcz",
      "repr-digest": reprDigest(bytes),
      ...(id === undefined ? {} : { [dictionaryIdHeader]: id }),
    });
  }

  /** Sections that have to be taken; remembers the state that the receipt names. */
  async sent(
    sections: Readonly<Record<string, unknown>>,
    changes: Partial<SectionsRequest> = {},
  ): Promise<SectionsAnswer> {
    const reply = await this.putSections(this.sectionsBody(sections, changes));
    if (reply.status !== 200) throw new Error(`sections: ${reply.status} ${JSON.stringify(reply.body)}`);
    const answer = reply.body as SectionsAnswer;
    this.stateDigest = answer.receipt.stateDigest;
    return answer;
  }
}
