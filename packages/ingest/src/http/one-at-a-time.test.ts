/** One request at a time for each installation; others wait for nobody. */
import t from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

/** A check-in of which the last byte has not been sent yet, and that byte. */
async function begin(device: SimulatedDevice): Promise<{ connection: RawConnection; rest: string }> {
  const body = JSON.stringify(device.checkInBody());
  const connection = await RawConnection.open(server.url);
  connection.write(
    `POST /v1/check-ins HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${device.session}\r\n` +
      `expect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  // Node says this when it hands the request over; the session is looked up in the same turn of the event loop.
  t.equal((await connection.reply()).status, 100);
  connection.write(body.slice(0, -1));
  return { connection, rest: body.slice(-1) };
}

t.test("refuses a second request while the first is still coming, and takes it afterwards", async (t) => {
  const [device, other] = [await server.device(), await server.device()];
  const { connection, rest } = await begin(device);
  for (const request of [
    () => device.checkIn(device.checkInBody()),
    () => device.putConsent(device.grants),
    () => device.sent({}).then(() => device.checkIn()),
  ]) {
    const reply = await request().catch((error: Error) => error);
    if (reply instanceof Error) t.match(reply.message, "check-in-running");
    else {
      t.equal(outcomeOf(reply), "429 check-in-running");
      t.equal(reply.headers["retry-after"], "1");
    }
  }
  t.equal(outcomeOf(await other.checkIn()), "200");
  connection.write(rest);
  t.equal(outcomeOf(await connection.reply()), "200");
  t.equal(outcomeOf(await device.checkIn()), "200");
  connection.end();
});

t.test("is free again when the first request breaks off", async (t) => {
  const device = await server.device();
  const { connection } = await begin(device);
  connection.end();
  t.equal(outcomeOf(await connection.reply()), "400 invalid-request");
  await connection.closed();
  t.equal(outcomeOf(await device.checkIn()), "200");
});

t.test("takes the second of two that came at once when it is asked again", async (t) => {
  const device = await server.device();
  const bodies = [device.checkInBody(), device.checkInBody()];
  const outcomes = (await Promise.all(bodies.map((body) => device.checkIn(body)))).map(outcomeOf);
  const refused = ["400 counter-late", "429 check-in-running"];
  t.ok(outcomes.includes("200"), outcomes.join());
  t.ok(
    outcomes.every((outcome) => outcome === "200" || refused.includes(outcome)),
    outcomes.join(),
  );
  t.equal(outcomeOf(await device.checkIn()), "200");
});
