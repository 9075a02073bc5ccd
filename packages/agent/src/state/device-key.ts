/** The device's key: made here, never leaving the device, in a file that only the agent's account reads. */
import { newSigningKey, type SigningKey, signingKeyFromPem, signingKeyToPem } from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";
import type { StateDirectory } from "./directory.ts";

/** No JSON: a private key as PEM. */
export const deviceKeyFile = { name: "device.key" } as const;
const { name } = deviceKeyFile;
const remedy = "restore it from a copy, or move the directory away and enrol this device anew";

export function makeDeviceKey(directory: StateDirectory): SigningKey {
  const key = newSigningKey();
  directory.writeBytes(name, signingKeyToPem(key));
  return key;
}

/** The key, undefined when there is none. Throws `state-broken` when the file holds something else. */
export function readDeviceKey(directory: StateDirectory): SigningKey | undefined {
  const bytes = directory.readBytes(name);
  if (bytes === undefined) return undefined;
  try {
    return signingKeyFromPem(Buffer.from(bytes).toString("latin1"));
  } catch (cause) {
    throw directory.broken(name, remedy, cause);
  }
}

export function demandDeviceKey(directory: StateDirectory): SigningKey {
  const key = readDeviceKey(directory);
  if (key) return key;
  throw new AgentError("state-broken", `${directory.path}/${name} is missing: ${remedy}`);
}
