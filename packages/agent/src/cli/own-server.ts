/** Talks to this device's server for the person at it. */
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
    ask(new OwnApi(connection, installation, key)),
  );
}
