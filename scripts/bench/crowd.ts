/** Many enrolled devices behind few connections, and the check-ins that they send. */
import { randomBytes } from "node:crypto";
import { readEnrolmentString } from "@rollcall/protocol";
import { optionsOf, SimulatedDevice } from "../../packages/ingest/src/testing/simulated-device.ts";
import type { RollcallServer } from "./servers.ts";

/** Devices that enrol at the same time. */
const atATime = 64;

export async function enrolCrowd(
  { url, newEnrolment }: RollcallServer,
  count: number,
): Promise<readonly SimulatedDevice[]> {
  const enrolment = readEnrolmentString(await newEnrolment(count));
  if ("error" in enrolment) throw new Error(enrolment.detail);
  const options = { ...optionsOf(enrolment), url };
  const devices = Array.from({ length: count }, () => new SimulatedDevice(options));
  const waiting = devices.values();
  const worker = async () => {
    for (const device of waiting) await device.enrol();
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return devices;
}

/** One check-in as it goes over the wire. */
export interface CheckInRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The check-ins of one device: each has the next counter and a new nonce, the rest is written once. */
function checkInsOf(device: SimulatedDevice): () => CheckInRequest {
  const headers = { authorization: `Bearer ${device.session}`, "content-type": "application/json" };
  const { counter: _, nonce: __, ...rest } = device.checkInBody();
  const end = JSON.stringify(rest).slice(1);
  return () => {
    const nonce = randomBytes(16).toString("base64url");
    return { headers, body: `{"counter":${++device.counter},"nonce":"${nonce}",${end}` };
  };
}

/**
 * The check-ins of one connection out of so many. An installation has one request at a time, so each connection
 * has devices of its own, who take turns.
 */
export function checkInsOfConnection(
  devices: readonly SimulatedDevice[],
  connection: number,
  connections: number,
): () => CheckInRequest {
  const own = devices.filter((_, index) => index % connections === connection).map(checkInsOf);
  let turn = 0;
  return () => {
    const next = own[turn++ % own.length];
    if (!next) throw new Error("a connection has no devices");
    return next();
  };
}
