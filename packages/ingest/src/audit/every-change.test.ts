/** Every route by which an account changes something, called for real: each leaves exactly one entry, which says so. */
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { z } from "zod";
import { type Reply, send } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";
import { type AuditEntry, auditEntrySchema } from "./chain.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const created = z.looseObject({ id: z.string() });
const listed = z.looseObject({ items: z.array(auditEntrySchema) });

interface Example {
  /** What has to be there first; its answer is what the path names. */
  readonly prepare?: () => Promise<string>;
  readonly body?: unknown;
  /** The subject of the entry, from the id and the answer's body. */
  readonly subject: (id: string, answer: unknown) => string;
}

/** Devices as the log names them, by their ids. */
const ordinals = new Map<string, string>();
function noteOrdinals(): void {
  const database = new SqliteDatabase(join(server.directory, "rollcall.db"), { readonly: true });
  const rows = database.prepare("select id, ordinal from devices").raw().all();
  for (const row of rows) {
    const [id, ordinal] = z.tuple([z.string(), z.int()]).parse(row);
    ordinals.set(id, `device:${ordinal}`);
  }
  database.close();
}

const make = async (path: string, body: unknown): Promise<string> =>
  created.parse((await server.admin("POST", path, body)).body).id;
const apiToken = { name: "example", role: "viewer" };
const enrolmentToken = { local: true };

const aDevice: Example = {
  prepare: async () => (await server.device()).device,
  subject: (id) => ordinals.get(id) ?? "",
};

/** A device to be merged with. */
const other = (await server.device()).device;

const rotate = async (key: string): Promise<string> => {
  await server.admin("POST", `/api/v1/keys/${key}/rotate`);
  return key;
};

/** One call for each changing route that succeeds; a route that is not here fails the test. */
const examples: Readonly<Record<string, Example>> = {
  "POST /api/v1/api-tokens": {
    body: apiToken,
    subject: (_id, answer) => `api-token:${created.parse(answer).id}`,
  },
  "DELETE /api/v1/api-tokens/:id": {
    prepare: () => make("/api/v1/api-tokens", apiToken),
    subject: (id) => `api-token:${id}`,
  },
  "POST /api/v1/enrolment-tokens": {
    body: enrolmentToken,
    subject: (_id, answer) => `enrolment-token:${created.parse(answer).id}`,
  },
  "DELETE /api/v1/enrolment-tokens/:id": {
    prepare: () => make("/api/v1/enrolment-tokens", enrolmentToken),
    subject: (id) => `enrolment-token:${id}`,
  },
  "DELETE /api/v1/devices/:id": aDevice,
  "PUT /api/v1/devices/:id/location": { ...aDevice, body: { latitude: 48.2, longitude: 16.4 } },
  "DELETE /api/v1/devices/:id/location": aDevice,
  "POST /api/v1/devices/:id/retire": aDevice,
  "DELETE /api/v1/devices/:id/retire": aDevice,
  "POST /api/v1/retention": { body: {}, subject: () => "retention" },
  "POST /api/v1/reindex": { body: {}, subject: () => "index" },
  "POST /api/v1/devices/:id/merge": {
    ...aDevice,
    body: { with: [other] },
    subject: (_id, answer) => ordinals.get(created.parse(answer).id) ?? "",
  },
  "POST /api/v1/devices/:id/split": {
    prepare: async () => {
      const { device } = await server.device();
      const both = await server.admin("POST", `/api/v1/devices/${device}/merge`, { with: [other] });
      return created.parse(both.body).id;
    },
    subject: (id) => ordinals.get(id) ?? "",
  },
  "POST /api/v1/keys/:key/rotate": { prepare: async () => "receipt", subject: () => "key:receipt" },
  "POST /api/v1/keys/:key/use": { prepare: () => rotate("receipt"), subject: () => "key:receipt" },
  "POST /api/v1/applications": {
    body: { name: "Till" },
    subject: () => "application:till",
  },
};

async function entries(): Promise<AuditEntry[]> {
  const { body } = await server.admin("GET", "/api/v1/audit?sort=number&limit=1000");
  return listed.parse(body).items;
}

const changing = server.routes.flatMap((route) => ("audit" in route ? [route] : []));

t.test("has an example of every change, and no other", async (t) => {
  const names = changing.map(({ method, path }) => `${method} ${path}`);
  t.same(Object.keys(examples).toSorted(), names.toSorted());
});

for (const { method, path, audit } of changing) {
  const name = `${method} ${path}`;
  t.test(`enters ${audit} once, in its own words`, async (t) => {
    const { prepare, body, subject } = examples[name] ?? { subject: () => "" };
    const id = (await prepare?.()) ?? "";
    noteOrdinals();
    const before = await entries();
    const reply = await server.admin(method, path.replace(/:\w+/, id), body);
    t.ok(reply.status >= 200 && reply.status < 300, `${name}: ${reply.status} ${JSON.stringify(reply.body)}`);
    const added = (await entries()).slice(before.length);
    t.same(added.map(told), [[audit, "os:tester", subject(id, reply.body), requestOf(reply)]]);
  });

  t.test(`enters nothing when ${audit} is refused`, async (t) => {
    const headers = { authorization: `Bearer ${await server.apiToken({ role: "viewer" })}` };
    const before = await entries();
    const wrong = await server.admin(method, path.replace(/:\w+/, "999999"), ["none"]);
    const notPermitted = await send(server.url, { method, path: path.replace(/:\w+/, "1"), headers });
    t.ok(wrong.status >= 400, `${name}: ${wrong.status}`);
    t.equal(notPermitted.status, 403);
    t.same(await entries(), before);
  });
}

const told = ({ action, account, subject, requestId }: AuditEntry) => [
  action,
  account.value,
  subject.value,
  requestId,
];
const requestOf = ({ headers }: Reply) => headers["x-request-id"];
