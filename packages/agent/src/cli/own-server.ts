/** Talks to this device's server for the person at it. */
import { AgentError, ServerProblem } from "../agent-error.ts";
import { demandDeviceKey } from "../state/device-key.ts";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation } from "../state/enrolled-state.ts";
import { readAddress } from "../transport/address.ts";
import { withConnection } from "../transport/connection.ts";
import { OwnApi } from "../transport/own-api.ts";
import type { Context } from "./context.ts";

export async function askOwn<T>(
  { stateDirectory }: Pick<Context, "stateDirectory">,
  ask: (api: OwnApi) => Promise<T>,
): Promise<T> {
  const directory = new StateDirectory(stateDirectory);
  const installation = demandInstallation(directory);
  const key = demandDeviceKey(directory);
  return withConnection(readAddress(installation.url, installation), {}, (connection) =>
    ask(new OwnApi(connection, installation, key)).catch(sayWhatToDo),
  );
}

/** A new key is made by a check-in; the person who asks something else is told so. */
function sayWhatToDo(error: unknown): never {
  if (!(error instanceof ServerProblem && error.is("identity-in-doubt"))) throw error;
  throw new AgentError(
    "refused",
    `${error.message}; rollcall-agent check-in does that, then ask again`,
    error,
  );
}
