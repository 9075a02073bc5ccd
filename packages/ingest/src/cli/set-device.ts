/** `rollcall device set`: what an admin says of a device. */
import type { Command } from "commander";
import { z } from "zod";
import { withApi } from "./client.ts";
import type { Context } from "./context.ts";
import { idOf } from "./device-name.ts";
import { notYet, wrongUsage } from "./failure.ts";

export function addSetting(device: Command, contextOf: () => Context): void {
  device
    .command("set <NAME> <KEY=VALUE...>")
    .description(
      "say of the organisation's device where it stands: location=LAT,LON, or location= to take that back",
    )
    .action((name: string, settings: readonly string[]) => setDevice(contextOf(), name, settings));
}

const place = z.object({ latitude: z.number(), longitude: z.number() });
type Place = z.infer<typeof place>;
const placed = z.object({ id: z.string(), location: place.nullable() });

async function setDevice(context: Context, name: string, settings: readonly string[]): Promise<void> {
  const location = readSettings(settings);
  const answer = await withApi(context, async (api) => {
    const path = `/api/v1/devices/${await idOf(api, name)}/location`;
    return location
      ? api({ method: "PUT", path, body: location, answer: placed })
      : api({ method: "DELETE", path, answer: placed });
  });
  context.output.json(answer);
  const stands = answer.location
    ? `stands at ${answer.location.latitude},${answer.location.longitude}`
    : null;
  context.output.line(`${answer.id} ${stands ?? "has no place of its own any more"}.`);
}

/** `location` is all that can be set so far; null takes it back. */
function readSettings(settings: readonly string[]): Place | null {
  const [setting = "", ...others] = settings;
  const [key, value] = setting.split(/=(.*)/s, 2);
  if (key !== "location" && value !== undefined) throw notYet(`device set ${key}=`);
  if (value === undefined || others.length > 0)
    throw wrongUsage(`device set takes location=LAT,LON, not ${settings.join(" ")}`);
  if (value === "") return null;
  const [, north, east] = /^(-?\d{1,2}(?:\.\d{1,10})?), ?(-?\d{1,3}(?:\.\d{1,10})?)$/.exec(value) ?? [];
  const [latitude, longitude] = [Number(north), Number(east)];
  if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return { latitude, longitude };
  throw wrongUsage(`${value} is no place; one is LATITUDE,LONGITUDE in degrees, such as 48.2082,16.3738`);
}
