/** A request whose sender was let go, or moved, while its body was on its way: what counts is what holds when it is whole. */
import { canonicalBytes } from "@rollcall/protocol";
import t from "tap";
import { machine, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

/** Sends all but the last byte of a request, lets something happen, and sends the rest. */
async function meanwhile(
  { session }: SimulatedDevice,
  request: string,
  value: unknown,
  happens: () => Promise<unknown>,
): Promise<string> {
  const body = Buffer.from(canonicalBytes(value));
  const connection = await RawConnection.open(server.url);
  connection.write(
    `${request} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${session}\r\n` +
      `expect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  // Node says this when it hands the request over; the session is looked up in the same turn of the event loop.
  t.equal((await connection.reply()).status, 100);
  connection.write(body.subarray(0, -1));
  await happens();
  connection.write(body.subarray(-1));
  const reply = await connection.reply();
  connection.end();
  return outcomeOf(reply);
}

const requests = {
  "POST /v1/check-ins": (device: SimulatedDevice) => device.checkInBody(),
  "PUT /v1/sections": (device: SimulatedDevice) => device.sectionsBody(machine({ hostname: "late" })),
  "PUT /v1/consent": ({ grants }: SimulatedDevice) => ({ consentNumber: 2, grants: grants.slice(0, 1) }),
};

async function shown({ device }: SimulatedDevice): Promise<unknown> {
  const { asOf: _, state, ...shown } = Object((await server.admin("GET", `/api/v1/devices/${device}`)).body);
  return { ...shown, retiredAt: null };
}

const known = () => told(server, { hostname: "ada" });

for (const [request, bodyOf] of Object.entries(requests)) {
  t.test(`${request}: takes nothing of a device that is retired before it is whole`, async (t) => {
    const device = await known();
    const before = await shown(device);
    const retire = () => server.admin("POST", `/api/v1/devices/${device.device}/retire`);
    t.equal(await meanwhile(device, request, bodyOf(device), retire), "401 session-invalid");
    t.same(await shown(device), before);
  });

  t.test(`${request}: takes nothing of an identity that comes into doubt before it is whole`, async (t) => {
    const device = await known();
    const before = await shown(device);
    const succeed = () => device.successor();
    t.equal(await meanwhile(device, request, bodyOf(device), succeed), "409 identity-in-doubt");
    t.same(await shown(device), before);
  });
}

t.test("stores sections at the device that the installation belongs to when they are whole", async (t) => {
  const one = await known();
  const two = await told(server, { hostname: "bob" });
  server.ahead += 60_000;
  await two.checkedIn();
  const merge = () => server.admin("POST", `/api/v1/devices/${one.device}/merge`, { with: [two.device] });
  const request = "PUT /v1/sections";
  t.equal(await meanwhile(one, request, requests[request](one), merge), "200");
  t.match(await shown(one), { hostname: "bob" });
});
