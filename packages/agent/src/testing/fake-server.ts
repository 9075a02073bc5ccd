/**
 * A server for the agent's tests: the agent's side of PROTOCOL.md over a real local socket, state in memory.
 * Tests put a handler of their own before any of its routes, to answer as no good server would.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  accepts,
  allSections,
  announceReceiptKey,
  canonical,
  canonicalBytes,
  checkInRequest,
  consentRequest,
  type DictionarySection,
  type Digest,
  decompress,
  defaultWishes,
  dictionaryIdHeader,
  dictionaryMember,
  dictionaryOf,
  digestOf,
  documentAfter,
  enrolmentRequest,
  type Grant,
  grantOf,
  grantsDigest,
  isGranted,
  limits,
  newDeviceId,
  newInstallationId,
  newSecret,
  newSigningKey,
  type Ownership,
  type ProblemCode,
  parseJson,
  problems,
  type Receipt,
  readDcz,
  readDictionaryId,
  reprDigestMatches,
  type Status,
  sectionsRequest,
  signReceipt,
  stateDigest,
  submittedSection,
  verifyProof,
  writeEnrolmentString,
} from "@rollcall/protocol";

export interface Received {
  readonly route: string;
  readonly headers: IncomingHttpHeaders;
  /** Decoded and parsed. */
  readonly body: unknown;
  readonly bytes: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A reply, or what the handler does to the connection itself. */
type Handler = (received: Received, response: ServerResponse) => Reply | "handled";

export const policy = { version: 0, digest: digestOf("catalogue") };
const at = "2026-01-02T03:04:05.000Z";

export class FakeServer {
  readonly identity = newSigningKey();
  /** The key that the server announces for its receipts, and the one that it signs them with. */
  receiptKey = newSigningKey();
  signer = this.receiptKey;
  readonly token = `rce_${newSecret()}`;
  readonly received: Received[] = [];
  /** Take a request before the server's own handler does; a handler removes itself by returning once it is spent. */
  readonly before = new Map<string, Handler>();
  installation = newInstallationId();
  device = newDeviceId();
  /** Those that succeeded each other before the present one. */
  readonly succeeded: string[] = [];
  ownership: Ownership = "personal";
  session = `rcs_1.${newSecret()}`;
  counter = 0;
  consentNumber = 1;
  grants: readonly Grant[] = [];
  sections: Record<string, [Status, Digest | null]> = {};
  /** The sections with their documents, of which the dictionaries are made. */
  readonly acknowledged = new Map<string, DictionarySection>();
  /** Sections that are refused, whatever they hold. */
  refusing: readonly string[] = [];
  /** Changes a receipt before it is signed. */
  forge: (receipt: Omit<Receipt, "signature">) => Omit<Receipt, "signature"> = (receipt) => receipt;
  /** A folder of its own with a short name, for a socket's path is bounded. */
  readonly folder = mkdtempSync(join(tmpdir(), "rollcall-"));
  readonly #path = join(this.folder, "agent.sock");
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("error", () => undefined);
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const bytes = Buffer.concat(parts);
        const decoded = this.#decoded(request.headers, bytes);
        const body = decoded.length > 0 ? parseJson(decoded) : undefined;
        const received = { route: `${request.method} ${request.url}`, headers: request.headers, body, bytes };
        this.received.push(received);
        this.#answer(received, response);
      });
    });
  }

  /** Nothing where the dictionary of the body is none that it has. */
  #decoded(headers: IncomingHttpHeaders, bytes: Buffer): Buffer {
    const encoding = headers["content-encoding"];
    if (encoding === undefined) return bytes;
    if (encoding === "zstd") return decompress(bytes, limits.sectionsDecoded);
    const { hash, frame } = readDcz(bytes);
    const dictionary = this.#dictionaries(headers[dictionaryIdHeader]).find((each) =>
      createHash("sha256").update(each).digest().equals(hash),
    );
    return dictionary ? decompress(frame, limits.sectionsDecoded, dictionary) : Buffer.alloc(0);
  }

  /** That of the sections named, or those of each alone. */
  #dictionaries(id: string | string[] | undefined): Buffer[] {
    const members = (names: readonly string[]) =>
      names.flatMap((name) => {
        const section = this.acknowledged.get(name);
        return section ? [dictionaryMember(name, section)] : [];
      });
    if (id === undefined)
      return members([...this.acknowledged.keys()]).map((member) => dictionaryOf([member]));
    return [dictionaryOf(members(readDictionaryId(String(id)) ?? []))];
  }

  static async start(): Promise<FakeServer> {
    const server = new FakeServer();
    await new Promise<void>((resolve) => server.#server.listen(server.#path, resolve));
    return server;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  get url(): string {
    return `unix:${this.#path}`;
  }

  enrolmentString(): string {
    const { url, token } = this;
    return writeEnrolmentString({ url, server: this.identity.publicKey, token });
  }

  get stateDigest(): Digest {
    return stateDigest(this.sections);
  }

  /** Bodies of the requests to a route, oldest first. */
  bodiesOf(route: string): unknown[] {
    return this.received.filter((each) => each.route === route).map(({ body }) => body);
  }

  /** Lets the next requests to a route be answered by these, one each. */
  answerNext(route: string, ...handlers: Handler[]): void {
    const [first, ...rest] = handlers;
    if (!first) return;
    this.before.set(route, (received, response) => {
      this.before.delete(route);
      this.answerNext(route, ...rest);
      return first(received, response);
    });
  }

  #answer(received: Received, response: ServerResponse): void {
    const own = this.#handlers[received.route] ?? (() => problem("not-found"));
    const reply = (this.before.get(received.route) ?? own)(received, response);
    if (reply === "handled") return;
    const kind = reply.status >= 400 ? "application/problem+json" : "application/json";
    response.writeHead(reply.status, {
      "content-type": kind,
      ...(received.route === "GET /v1/server" || reply.status === 401 ? { "rollcall-nonce": "nonce" } : {}),
      ...reply.headers,
    });
    response.end(JSON.stringify(reply.body));
  }

  /** What the server itself answers, for handlers that want to do so too. */
  own(received: Received, response: ServerResponse): Reply {
    const reply = this.#handlers[received.route]?.(received, response);
    if (!reply || reply === "handled") throw new Error(`no handler for ${received.route}`);
    return reply;
  }

  /** By installation. */
  readonly #keys = new Map<string, string>();

  #defaultGrants(): readonly Grant[] {
    const giver = { by: "operator", interactive: false, at, policyDigest: policy.digest };
    return defaultWishes(this.ownership).map((wish) => grantOf(wish, this.ownership, giver));
  }

  #succeed(): void {
    this.succeeded.push(this.installation);
    [this.installation, this.device] = [newInstallationId(), newDeviceId()];
    [this.counter, this.consentNumber, this.sections] = [0, 1, {}];
    this.acknowledged.clear();
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    "GET /v1/server": () => ({
      status: 200,
      body: {
        server: this.identity.publicKey,
        organisation: { name: "Example", contact: "privacy@example.org" },
        receiptKey: announceReceiptKey(this.identity, this.receiptKey.publicKey, at),
        policy,
        accepts,
        limits,
        addedLater: true,
      },
    }),
    "POST /v1/enrolments": ({ body, bytes, headers, route }) => {
      const { token, succeeds, key } = enrolmentRequest.parse(body);
      if (succeeds === undefined && token !== this.token) return problem("token-unknown");
      const [method, target] = ["POST", route.slice("POST ".length)] as const;
      const expected = {
        use: "enrol",
        audience: this.identity.publicKey,
        method,
        target,
        body: bytes,
      } as const;
      const [first = "", second] = String(headers["rollcall-proof"]).split(", ");
      verifyProof(first, key, expected);
      if (succeeds !== undefined) {
        const old = this.#keys.get(succeeds) ?? "";
        verifyProof(second ?? "", old, { ...expected, use: "succeed", installation: succeeds });
        if (key !== this.#keys.get(this.installation)) this.#succeed();
      } else this.grants = this.#defaultGrants();
      this.#keys.set(this.installation, key);
      const { installation, device, session, ownership, grants } = this;
      return {
        status: 201,
        body: { installation, device, session, ownership, grants, policy, intervalSeconds: 3_607 },
      };
    },
    "POST /v1/sessions": () => {
      this.session = `rcs_1.${newSecret()}`;
      return { status: 201, body: { session: this.session, expiresAt: at } };
    },
    "POST /v1/check-ins": (received) => this.#withSession(received, () => this.#checkIn(received)),
    "PUT /v1/consent": (received) => this.#withSession(received, () => this.#consent(received)),
    "PUT /v1/sections": (received) => this.#withSession(received, () => this.#sections(received)),
  };

  #withSession({ headers }: Received, answer: () => Reply): Reply {
    return headers.authorization === `Bearer ${this.session}` ? answer() : problem("session-invalid");
  }

  #checkIn({ body }: Received): Reply {
    const { counter, consentNumber, stateDigest: known } = checkInRequest.parse(body);
    if (counter <= this.counter) return problem("identity-in-doubt");
    if (consentNumber !== this.consentNumber) return this.#consentChanged();
    this.counter = counter;
    const wants = known === this.stateDigest ? [] : ["*"];
    return { status: 200, body: { intervalSeconds: 3_607, wants } };
  }

  #consentChanged(): Reply {
    const { consentNumber, grants } = this;
    return problem("consent-changed", { consentNumber, grants });
  }

  #consent({ body }: Received): Reply {
    const { consentNumber, grants } = consentRequest.parse(body);
    const repeated = consentNumber === this.consentNumber && digestOf(grants) === digestOf(this.grants);
    if (!repeated && consentNumber !== this.consentNumber + 1) return this.#consentChanged();
    this.consentNumber = consentNumber;
    this.grants = grants;
    for (const definition of allSections)
      if (!isGranted(definition, grants)) delete this.sections[definition.name];
    const statement = {
      use: "consent",
      server: this.identity.publicKey,
      installation: this.installation,
      consentNumber,
      grantsDigest: grantsDigest(grants),
      at,
    };
    return { status: 200, body: { receipt: signReceipt(this.signer, statement) } };
  }

  #sections({ body, bytes, headers }: Received): Reply {
    if (!reprDigestMatches(String(headers["repr-digest"]), bytes)) return problem("digest-mismatch");
    if (body === undefined) return problem("dictionary-unknown");
    if (Buffer.compare(this.#decoded(headers, bytes), canonicalBytes(body)) !== 0)
      return problem("not-canonical");
    const { counter, baseStateDigest, consentNumber, sections } = sectionsRequest.parse(body);
    const { consentNumber: stored, grants } = this;
    if (consentNumber !== stored)
      return problem("base-changed", { reason: "consent", consentNumber: stored, grants });
    if (counter !== this.counter) return problem("base-changed", { reason: "counter" });
    if (baseStateDigest !== null && baseStateDigest !== this.stateDigest)
      return problem("base-changed", { reason: "base" });
    const refused = Object.keys(sections).filter((name) => this.refusing.includes(name));
    const taken = this.#take(sections, refused);
    if (baseStateDigest === null) {
      const named = new Set(Object.keys(sections));
      for (const name of Object.keys(this.sections)) if (!named.has(name)) delete this.sections[name];
    }
    const receipt = this.forge({
      use: "receipt",
      server: this.identity.publicKey,
      installation: this.installation,
      counter,
      stateDigest: this.stateDigest,
      consentNumber,
      policyDigest: policy.digest,
      at,
      sections: taken,
    });
    const errors = [{ pointer: "", detail: "not wanted" }];
    return {
      status: 200,
      body: {
        refused: refused.map((section) => ({ section, errors })),
        receipt: signReceipt(this.signer, receipt),
      },
    };
  }

  #take(sections: Readonly<Record<string, unknown>>, refused: readonly string[]) {
    const taken: Record<string, [Status, Digest | null]> = {};
    for (const [name, value] of Object.entries(sections)) {
      if (refused.includes(name)) continue;
      const { schema, status, document } = submittedSection.parse(value);
      const kept = documentAfter(status) === "kept";
      const body = kept ? (this.acknowledged.get(name)?.body ?? null) : document ? canonical(document) : null;
      this.acknowledged.set(name, { schema, status, body });
      const digest = document === undefined ? null : digestOf(document);
      taken[name] = [status, kept ? (this.sections[name]?.[1] ?? null) : digest];
      this.sections[name] = taken[name];
    }
    return taken;
  }
}

export function problem(code: ProblemCode, extra: Readonly<Record<string, unknown>> = {}): Reply {
  const { status, title } = problems[code];
  return { status, body: { type: `urn:rollcall:problem:${code}`, status, code, title, ...extra } };
}
