/** A device of the check-in's tests that granted something and has checked in once. */
import { grantOf } from "@rollcall/protocol";
import type { Test } from "tap";
import { changeConsent } from "../consent/apply.ts";
import { readTypedList } from "../consent/typed-list.ts";
import { policy, type Received } from "./fake-server.ts";
import { TestDevice } from "./test-device.ts";

export const memory = (total: number) => ({ status: "ok" as const, document: { total } });
export const [consent, checkIns, sections] = ["PUT /v1/consent", "POST /v1/check-ins", "PUT /v1/sections"];

export const giver = {
  by: "ada",
  interactive: true,
  at: "2026-03-04T00:00:00.000Z",
  policyDigest: policy.digest,
};

export function grant(device: TestDevice, list: string): void {
  const { state } = device;
  const added = readTypedList(list).map(({ purposesNamed: _, ...wish }) => grantOf(wish, "personal", giver));
  changeConsent(state, [...state.consent.value.grants, ...added], giver);
}

/** A device that granted hardware, has memory, and has checked in once. */
export async function checkedIn(t: Test): Promise<TestDevice> {
  const device = await TestDevice.enrolled(t);
  grant(device, "hardware");
  device.machine.memory = memory(1);
  await device.checkIn();
  device.server.received.length = 0;
  return device;
}

export const bodyOf = (received: Received | undefined): Record<string, unknown> => Object(received?.body);
