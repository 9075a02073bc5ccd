/** What a host has set is in force, and told to devices where it concerns them. */
import { serverAnswer } from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { TestServer } from "../testing/test-server.ts";

const config = {
  "check-ins.bodyBytes": 16_384,
  "check-ins.counterJump": 100,
  "sections.bodyBytes": 65_536,
  "sections.decodedBytes": 1_048_576,
  "sections.documentBytes": 524_288,
  "search.queryBytes": 256,
  "search.page": 2,
  "search.largestPage": 3,
  "search.cursorHours": 1,
  "enrolment-tokens.uses": 3,
  "enrolment-tokens.perHour": 2,
  "enrolment-tokens.days": 1,
  "devices.staleIntervals": 2,
  "devices.silentDays": 2,
};
const server = await TestServer.start(t.testdir({ "config.json": JSON.stringify(config) }));
t.teardown(() => server.stop());

const hour = 3_600_000;
const page = z.object({
  items: z.array(z.looseObject({ hostname: z.string().nullable(), state: z.string() })),
  next: z.string().nullable(),
});
const devices = async (query = "") => page.parse((await server.admin("GET", `/api/v1/devices${query}`)).body);

for (const hostname of ["ada", "bob", "cyd", "dan"]) await told(server, { hostname });

t.test("tells devices its limits", async (t) => {
  const device = await server.stranger();
  const { body } = await device.send({ method: "GET", path: "/v1/server" });
  t.match(serverAnswer.parse(body).limits, {
    checkInBody: 16_384,
    counterJump: 100,
    sectionsBody: 65_536,
    sectionsDecoded: 1_048_576,
    sectionDecoded: 524_288,
    query: 256,
    page: 2,
    largestPage: 3,
  });
});

t.test("refuses what is over them", async (t) => {
  const device = await server.device();
  await device.checkedIn();
  const padding = " ".repeat(16_384);
  const body = JSON.stringify(device.checkInBody()) + padding;
  const headers = { authorization: `Bearer ${device.session}` };
  const path = "/v1/check-ins";
  t.equal(outcomeOf(await device.send({ method: "POST", path, body, headers })), "413 too-large");
  t.equal(outcomeOf(await device.checkIn(device.checkInBody({ counter: 102 }))), "400 counter-jump");
  t.equal(outcomeOf(await device.checkIn(device.checkInBody({ counter: 101 }))), "200");
  t.equal(outcomeOf(await device.putBytes(Buffer.alloc(65_537))), "413 too-large");
  const long = { schema: 1, status: "ok", document: { hostname: "x".repeat(524_288) } };
  device.counter = 101;
  t.match((await device.putSections(device.sectionsBody({ "operating-system": long }))).body, {
    refused: [{ section: "operating-system" }],
  });
});

t.test("pages as it is set, and gives less than is asked for where it gives less", async (t) => {
  const first = await devices("?sort=-hostname");
  t.same(
    first.items.map(({ hostname }) => hostname),
    ["dan", "cyd"],
  );
  t.equal((await devices("?sort=-hostname&limit=1000")).items.length, 3);
  t.equal(
    outcomeOf(await server.admin("GET", "/api/v1/devices?fresh=true&limit=1001")),
    "400 invalid-request",
  );
  const next = `/api/v1/devices?sort=-hostname&cursor=${first.next}`;
  server.ahead = hour - 60_000;
  t.equal(outcomeOf(await server.admin("GET", next)), "200");
  server.ahead = hour + 60_000;
  t.equal(outcomeOf(await server.admin("GET", next)), "400 cursor-invalid");
  server.ahead = 0;
});

t.test("takes queries as long as it is set, in bytes", async (t) => {
  const ask = (q: string) => server.admin("GET", `/api/v1/devices?fresh=true&q=${encodeURIComponent(q)}`);
  t.equal(outcomeOf(await ask("x".repeat(256))), "200");
  t.equal(outcomeOf(await ask("x".repeat(257))), "400 invalid-request");
  t.equal(outcomeOf(await ask("é".repeat(129))), "400 query-invalid");
});

t.test("makes tokens as it is set", async (t) => {
  const made = await server.enrolment();
  const { body } = await server.admin("GET", "/api/v1/enrolment-tokens");
  const [token] = z
    .object({ items: z.array(z.unknown()) })
    .parse(body)
    .items.slice(-1);
  t.match(token, { uses: 3, perHour: 2 });
  t.ok(made);
});

t.test("calls devices stale and silent as it is set", async (t) => {
  const states = async () => new Set((await devices("?sort=-hostname")).items.map(({ state }) => state));
  t.same(await states(), new Set(["active"]));
  server.ahead = 2 * 3_607_000 + 60_000;
  t.same(await states(), new Set(["stale"]));
  server.ahead = 48 * hour + 60_000;
  t.same(await states(), new Set(["silent"]));
  server.ahead = 0;
});
