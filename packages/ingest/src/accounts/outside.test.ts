/**
 * For a token of some groups a device outside them does not exist: every route, every parameter, every header answers
 * byte for byte the same before there is one and after, and about its id as about one that there is not.
 */
import t from "tap";
import { z } from "zod";
import { told } from "../testing/machine.ts";
import { type Reply, send } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

await told(server, { hostname: "ada" }, { group: "office" });
await told(server, { hostname: "bob", serial: "SN-BOB", packages: ["vim 9.1"] }, { group: "lab" });
const tokens = [
  await server.apiToken({ role: "admin", groups: ["lab", "office"] }),
  await server.apiToken({ role: "viewer", groups: ["lab", "office"] }),
];

const nobody = `dev_${"a".repeat(26)}`;
const queries = [
  "",
  "os:debian",
  "-os:debian",
  "outsider",
  "group:secret",
  "-group:secret",
  "serial:SN-X",
  "software:vim",
  "software:secret-tool",
  'model:"Secret 1"',
  "mac:02:00:00:00:00:09",
  "memory:<2GiB",
  "hots:x",
  "(",
];

/** What is asked of each parameter. One that is not here was added without a thought of what it may tell. */
const values: Readonly<Record<string, readonly string[]>> = {
  q: queries,
  deviceQ: queries,
  field: ["os", "host", "model", "serial", "mac", "ip", "memory", "software", "group", "vendor", "nothing"],
  sort: ["enrolled", "-enrolled", "hostname", "-hostname", "lastSeenAt", "-lastSeenAt", "devices", "nothing"],
  name: ["ada", "outsider", "SN-X", "dev_", nobody],
  section: ["system", "software.deb", "nothing"],
  since: ["24h", "400d", "2020-01-01", "x"],
  at: ["2026-01-01", "2999-01-01", "2020-01-01T00:00:00Z", "x"],
  limit: ["1", "2", "1000", "0"],
  fresh: ["true"],
  exact: ["true"],
  cursor: ["x"],
};

const shape = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});

/** Parameters that decide what is on a page. */
const paged: ReadonlySet<string> = new Set(["sort", "field"]);

/** Each parameter's values one by one, those of some page by page as well. */
function* questionsOf(query: z.ZodType | undefined): Generator<Record<string, string>> {
  const { properties, required } = shape.parse(
    query ? z.toJSONSchema(query, { io: "input", unrepresentable: "any" }) : {},
  );
  const first = (name: string) => values[name]?.[0] ?? "";
  const least = Object.fromEntries(required.map((name) => [name, first(name)]));
  yield least;
  for (const name of Object.keys(properties)) {
    for (const value of values[name] ?? []) yield { ...least, [name]: value };
    if ("limit" in properties && paged.has(name))
      for (const value of values[name] ?? []) yield { ...least, [name]: value, limit: "1" };
  }
}

/** All of an answer but the hour and what is random in it: its id, and the cursor, whose length is kept. */
function withoutHour({ status, headers, body }: Reply): { text: string; next: string | null } {
  const { "x-request-id": _id, date: _date, ...others } = headers;
  const { asOf: _asOf, instance: _instance, next = null, ...rest } = Object(body);
  return { text: JSON.stringify([status, others, rest, next?.length]), next };
}

async function answersTo(path: string, method: "GET" | "POST" | "PUT" | "DELETE", token: string, first = {}) {
  const answers: string[] = [];
  let query: Record<string, string> = first;
  for (;;) {
    const search = new URLSearchParams(query);
    const headers = { authorization: `Bearer ${token}` };
    const { text, next } = withoutHour(
      await send(server.url, { method, path: `${path}?${search}`, headers }),
    );
    answers.push(`${method} ${path} ${JSON.stringify(first)}: ${text}`);
    if (next === null || method !== "GET") return answers;
    query = { ...first, cursor: next };
  }
}

/** Everything that there is to ask, about this id where an id is asked for. */
async function everything(id: string): Promise<string[]> {
  const asked = tokens.flatMap((token) =>
    server.routes.flatMap(({ method, path, access, query }) => {
      if (typeof access === "string") return [];
      const named = path.replaceAll(/:\w+/g, id);
      const questions = method === "GET" ? [...questionsOf(query)] : [{}];
      return questions.map((question) => () => answersTo(named, method, token, question));
    }),
  );
  const answers: string[][] = [];
  // Some at a time: the order of the answers is that of the questions, whoever is first.
  for (let index = 0; index < asked.length; index += 24)
    answers.push(...(await Promise.all(asked.slice(index, index + 24).map((ask) => ask()))));
  return answers.flat();
}

t.test("has something to ask of every parameter of every route", async (t) => {
  for (const { path, query } of server.routes) {
    if (!query || !path.startsWith("/api/")) continue;
    const { properties } = shape.parse(z.toJSONSchema(query, { io: "input", unrepresentable: "any" }));
    for (const name of Object.keys(properties)) t.ok(values[name], `${path} takes ${name}`);
  }
});

t.test("answers as if there were no device outside its groups", async (t) => {
  const alone = await everything(nobody);
  t.ok(
    alone.some((answer) => answer.includes('"hostname":"ada"')),
    "what is asked is answered",
  );
  const outsider = { hostname: "outsider", serial: "SN-X", model: "Secret 1" };
  const packages = ["secret-tool 1", "vim 9.1"];
  const { device } = await told(
    server,
    { ...outsider, packages, memory: 1, mac: "02:00:00:00:00:09" },
    { group: "secret" },
  );
  for (let count = 0; count < 4; count++) await told(server, { ...outsider, packages }, { group: "secret" });
  t.same(await everything(nobody), alone);
  const asked = await everything(device);
  t.same(
    asked.map((answer) => answer.replaceAll(device, nobody)),
    alone,
  );
  const seen = await server.admin("GET", "/api/v1/devices?fresh=true&q=outsider");
  t.match(seen.body, { total: 5 }, "who may see them does");
});
