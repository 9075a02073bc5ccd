/** A signed message that somebody recorded is worth nothing a second time: no session, no effect, wherever it is sent. */
import { newSigningKey } from "@rollcall/protocol";
import t from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import { type Request, SimulatedDevice, send } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const [server, other] = [await TestServer.start(), await TestServer.start()];
t.teardown(() => Promise.all([server.remove(), other.remove()]));
const minute = 60_000;

/** Lets a device send one request, and gives it back as it went over the wire. */
async function recorded(device: SimulatedDevice, work: () => Promise<unknown>): Promise<Request> {
  const sent: Request[] = [];
  const { send: own } = device;
  device.send = (request) => {
    sent.push(request);
    return own.call(device, request);
  };
  await work();
  device.send = own;
  const proved = sent.find(({ headers }) => headers?.["rollcall-proof"] !== undefined);
  if (!proved) throw new Error("nothing was proved");
  return proved;
}

/** Records what a device signs, not letting it reach the server. */
async function held(device: SimulatedDevice, work: () => Promise<unknown>): Promise<Request> {
  const nonce = await device.nonce();
  const { send: own, nonce: ask } = device;
  let kept: Request | undefined;
  device.nonce = async () => nonce;
  device.send = async (request) => {
    kept = request;
    return { status: 503, headers: {}, body: {} };
  };
  await work();
  Object.assign(device, { send: own, nonce: ask });
  if (!kept) throw new Error("nothing was sent");
  return kept;
}

const session = (device: SimulatedDevice) => () =>
  device.prove("session", "/v1/sessions", { installation: device.installation }, device.installation);

/** Whether the device's own session still opens the server: a new one would have ended it. */
async function demandNoEffect(device: SimulatedDevice, what: string): Promise<void> {
  t.equal(outcomeOf(await device.checkIn()), "200", `${what}: no other session was given`);
}

t.test("refuses a recorded request for a session on the same server, any time later", async (t) => {
  const device = await server.device();
  const request = await recorded(device, () => device.newSession());
  t.equal(outcomeOf(await send(server.url, request)), "401 nonce-invalid", "at once");
  for (const late of [4 * minute, 6 * minute, 60 * minute]) {
    server.ahead = late;
    t.equal(
      outcomeOf(await send(server.url, request)),
      "401 nonce-invalid",
      `after ${late / minute} minutes`,
    );
  }
  server.ahead = 0;
  await demandNoEffect(device, "replayed");
});

t.test("refuses one that never arrived, after six minutes and after a restart", async (t) => {
  const device = await server.device();
  const request = await held(device, session(device));
  server.ahead = 6 * minute;
  t.equal(outcomeOf(await send(server.url, request)), "401 nonce-invalid");
  server.ahead = 0;
  const fresh = await held(device, session(device));
  await server.restart();
  device.url = server.url;
  t.equal(outcomeOf(await send(server.url, fresh)), "401 nonce-invalid");
  const good = await held(device, session(device));
  t.equal(outcomeOf(await send(server.url, good)), "201", "the same in time, once, is good");
});

t.test(
  "refuses it on another server, another route, for another use and for another installation",
  async (t) => {
    const [device, neighbour] = [await server.device(), await server.device()];
    const request = await held(device, session(device));
    t.equal(outcomeOf(await send(other.url, request)), "401 session-invalid", "a server that knows neither");
    const routes = ["/v1/enrolments", "/v1/sessions?x=1", "/v1/me/delete"];
    for (const path of routes)
      t.match(outcomeOf(await send(server.url, { ...request, path })), /^(400|401) /, path);
    t.match(outcomeOf(await send(server.url, { ...request, method: "PUT" })), /^40[45] /, "another method");
    const body = JSON.stringify({ installation: neighbour.installation });
    t.equal(outcomeOf(await send(server.url, { ...request, body })), "401 proof-invalid", "another body");
    await demandNoEffect(device, "misused");
    await demandNoEffect(neighbour, "named by another's proof");
  },
);

t.test("enrols nobody on a recorded enrolment, and uses nothing of the token up", async (t) => {
  const stranger = await server.stranger({ uses: 2 });
  const enrol = () => stranger.prove("enrol", "/v1/enrolments", stranger.enrolmentBody());
  const request = await held(stranger, enrol);
  t.equal(outcomeOf(await send(other.url, request)), "403 token-unknown");
  server.ahead = 6 * minute;
  t.equal(outcomeOf(await send(server.url, request)), "401 nonce-invalid");
  server.ahead = 0;
  const usedOf = async () => {
    const { body } = await server.admin("GET", "/api/v1/enrolment-tokens");
    const { items } = body as { items: { used: number; uses: number }[] };
    return items.filter(({ uses }) => uses === 2).map(({ used }) => used);
  };
  t.same(await usedOf(), [0]);
  const done = await recorded(stranger, () => stranger.enrol());
  t.equal(outcomeOf(await send(server.url, done)), "401 nonce-invalid");
  t.same(await usedOf(), [1]);
});

t.test("refuses a proof for another server's id, with a nonce of this one", async (t) => {
  const device = await server.device();
  const { installation, key, url } = device;
  const deceived = new SimulatedDevice({ url, server: newSigningKey().publicKey, token: "", key });
  deceived.installation = installation;
  t.equal(outcomeOf(await session(deceived)()), "401 proof-invalid");
  await demandNoEffect(device, "relayed");
});

t.test("ends a session at every door at once when it is revoked", async (t) => {
  const device = await server.device();
  const old = device.session;
  await device.newSession();
  const body = () => JSON.stringify(device.checkInBody());
  const headers = { authorization: `Bearer ${old}` };
  const agents = server.control.replace("control.sock", "agent.sock");
  for (const url of [server.url, agents, server.control]) {
    const reply = await send(url, { method: "POST", path: "/v1/check-ins", body: body(), headers });
    t.equal(outcomeOf(reply), "401 session-invalid", url);
  }
  await demandNoEffect(device, "the new one");
  t.equal(outcomeOf(await server.admin("DELETE", `/api/v1/devices/${device.device}`)).slice(0, 3), "200");
  t.not((await device.checkIn()).status, 200, "deleting the device ends the new one, too");
});
