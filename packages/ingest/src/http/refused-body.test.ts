/** Who is refused while still sending gets to read why: the server does not hang up on a body that anybody may send. */
import { limits } from "@rollcall/protocol";
import t from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import { ServerProcess } from "../testing/server-process.ts";
import { send } from "../testing/simulated-device.ts";

// In this process the server would read between the client's writes, and the answer would never come too early.
const server = await ServerProcess.start(t.testdir({}));
t.teardown(() => server.end("SIGTERM"));

const device = await server.device();
const largest = Buffer.alloc(limits.sectionsBody);

t.test("answers a large body without a session", async (t) => {
  const request = { method: "PUT", path: "/v1/sections", body: largest } as const;
  for (let time = 0; time < 20; time++)
    t.equal(outcomeOf(await send(server.url, request)), "401 session-invalid");
});

t.test("answers a large body where a small one is taken, its length told or not", async (t) => {
  for (const headers of [{}, { "transfer-encoding": "chunked" }] as const)
    for (let time = 0; time < 20; time++) {
      const request = { method: "POST", path: "/v1/enrolments", body: largest, headers } as const;
      t.equal(outcomeOf(await send(server.url, request)), "413 too-large");
    }
});

t.test("answers a large body at no address at all", async (t) => {
  const request = { method: "PUT", path: "/v1/nothing", body: largest } as const;
  t.equal(outcomeOf(await send(server.url, request)), "404 not-found");
});

t.test("goes on with the next request on the same connection, whose start it does not mistake", async (t) => {
  const body = Buffer.from(JSON.stringify(device.checkInBody()));
  const refused = await fetch(`${server.url}/v1/check-ins`, { method: "POST", body: largest });
  t.equal(refused.status, 401);
  const headers = { authorization: `Bearer ${device.session}` };
  const taken = await fetch(`${server.url}/v1/check-ins`, { method: "POST", body, headers });
  t.equal(taken.status, 200);
});

t.test("does not read on when more is told than anybody has a reason to send", async (t) => {
  const headers = { "content-length": String(100 * limits.sectionsBody) };
  // Nothing is sent, and still the answer comes.
  const reply = await send(server.url, { method: "POST", path: "/v1/enrolments", headers });
  t.equal(outcomeOf(reply), "413 too-large");
  t.equal(reply.headers.connection, "close");
});
