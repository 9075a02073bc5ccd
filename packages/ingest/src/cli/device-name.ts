/** Which device a typed name means. */
import { z } from "zod";
import type { Api } from "./client.ts";
import { CommandFailure } from "./failure.ts";

const column = z.string().nullable();
export const deviceItem = z.looseObject({
  id: z.string(),
  hostname: column,
  manufacturer: column,
  model: column,
  serial: column,
  os: z.object({ name: column, version: column }),
  groups: z.array(z.string()),
  country: column,
  applications: z.array(z.object({ number: z.string(), version: z.string(), channel: z.string() })),
  state: z.string(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
});
const devicesNamed = z.object({ items: z.array(deviceItem) });

/** The id that a typed name means; several are listed. */
export async function idOf(api: Api, name: string): Promise<string> {
  const { items } = await api({
    method: "GET",
    path: "/api/v1/devices-named",
    query: { name },
    answer: devicesNamed,
  });
  const [first, ...others] = items;
  if (!first) throw new CommandFailure(`no device is named ${name}`);
  if (others.length === 0) return first.id;
  const which = items.map(({ id, hostname }) => `${id} (${hostname ?? "no host name"})`);
  throw new CommandFailure(`${name} may mean ${which.join(", ")}; name one by its id`);
}
