/** Whatever a device with a session sends is taken or refused with a problem of the table, and what was stored stays. */
import { isDeepStrictEqual } from "node:util";
import { canonicalBytes, compress } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { z } from "zod";
import { byteDamage, damagedBytes, damages, overwritten } from "../testing/damage.ts";
import { machine } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { Reply, Request, SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const sections = machine();
const readings = { "operating-system": { uptimeSeconds: 5 }, storage: { "/": { free: 7 } } };
const zstd = { "content-encoding": "zstd" };

/** Everything that the inventory shows of a device, but when it looked. */
async function shown({ device }: SimulatedDevice): Promise<unknown> {
  const { status, body } = await server.admin("GET", `/api/v1/devices/${device}`);
  if (status !== 200) throw new Error(`the device cannot be shown: ${status}`);
  const { asOf: _, ...rest } = z.looseObject({ asOf: z.string() }).parse(body);
  return rest;
}

async function settled(): Promise<SimulatedDevice> {
  const device = await server.device();
  await device.checkedIn({ readings });
  return restored(device);
}

/** A device of which at most the sections changed. */
async function restored(device: SimulatedDevice): Promise<SimulatedDevice> {
  await device.sent(sections, { baseStateDigest: null });
  return device;
}

/** Sends junk over and over; each refusal has to leave everything as it was, and no answer may be the server's fault. */
async function survives<T>(
  junk: fc.Arbitrary<T>,
  send: (device: SimulatedDevice, junk: T) => Promise<Reply>,
  { numRuns, restore }: { readonly numRuns: number; readonly restore: typeof restored },
): Promise<void> {
  let device = await settled();
  let before = await shown(device);
  await fc.assert(
    fc.asyncProperty(junk, async (each) => {
      const outcome = outcomeOf(await send(device, each));
      if (Number(outcome.slice(0, 3)) >= 500) throw new Error(outcome);
      if (outcome === "200") {
        // All or a part of it was valid, and may have changed what it is about.
        device = await restore(device);
        before = await shown(device);
        return;
      }
      if (!isDeepStrictEqual(await shown(device), before))
        throw new Error(`${outcome}, but something changed`);
    }),
    { numRuns },
  );
  t.equal(outcomeOf(await device.checkIn()), "200", "the server goes on");
}

const put = (device: SimulatedDevice, bytes: Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
  device.putBytes(bytes, headers);

function authorised(device: SimulatedDevice, method: Request["method"], path: string, body: Uint8Array) {
  return device.send({ method, path, body, headers: { authorization: `Bearer ${device.session}` } });
}

t.test("sections with junk in any place", async () => {
  const send = (device: SimulatedDevice, done: Parameters<typeof damagedBytes>[1]) =>
    put(device, damagedBytes(device.sectionsBody(sections), done));
  await survives(damages, send, { numRuns: 100, restore: restored });
});

t.test("bytes of sections, plain and packed, that were overwritten or cut", async () => {
  const send = (
    device: SimulatedDevice,
    { done, packed }: { done: Parameters<typeof overwritten>[1]; packed: boolean },
  ) => {
    const right = canonicalBytes(device.sectionsBody(sections));
    return packed
      ? put(device, overwritten(compress(right), done), zstd)
      : put(device, overwritten(right, done));
  };
  await survives(fc.record({ done: byteDamage, packed: fc.boolean() }), send, {
    numRuns: 150,
    restore: restored,
  });
});

t.test("check-ins with junk in any place", async () => {
  const send = (device: SimulatedDevice, done: Parameters<typeof damagedBytes>[1]) =>
    authorised(device, "POST", "/v1/check-ins", damagedBytes(device.checkInBody({ readings }), done));
  await survives(damages, send, { numRuns: 100, restore: settled });
});

t.test("consent lists with junk in any place", async () => {
  const send = (device: SimulatedDevice, done: Parameters<typeof damagedBytes>[1]) => {
    const right = { consentNumber: device.consentNumber + 1, grants: device.grants };
    return authorised(device, "PUT", "/v1/consent", damagedBytes(right, done));
  };
  await survives(damages, send, { numRuns: 100, restore: settled });
});

t.test("headers that say anything", async () => {
  const value = fc.string({ unit: fc.constantFrom(..." !\"%'(),-./0:;<=>?@AZ[]_az{|}~éÿ\t"), maxLength: 60 });
  const names = [
    "authorization",
    "content-encoding",
    "repr-digest",
    "content-type",
    "accept",
    "expect",
    "rollcall-proof",
  ];
  const headers = fc.dictionary(fc.constantFrom(...names), value, { minKeys: 1 });
  await survives(
    headers,
    (device, each) => put(device, canonicalBytes(device.sectionsBody(sections)), each),
    { numRuns: 100, restore: restored },
  );
});
