/** The server's keys for admins: which there are, announcing a new one, bringing an announced one into use early. */
import { RollcallError } from "@rollcall/protocol";
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import type { Services } from "../services.ts";
import { keyChanged } from "./queries.ts";
import { type RotatingKey, rotatingKeys } from "./server-keys.ts";

const listed = z.strictObject({
  items: z.array(
    z.strictObject({
      key: z.enum(rotatingKeys),
      state: z.enum(["former", "in-use", "coming"]),
      value: z.string(),
      announcedAt: z.iso.datetime(),
      inUseFrom: z.iso.datetime(),
    }),
  ),
  trustedCas: z.string().nullable(),
});

export function keyRoutes({ keys, publicAddress, tend }: Services): readonly Route[] {
  const access = { permission: "keys.manage" } as const;
  return [
    route({
      method: "GET",
      path: "/api/v1/keys",
      access,
      answers: { 200: listed },
      handle: async () => ({ status: 200, body: { items: keys.list(), trustedCas: publicAddress.ca() } }),
    }),
    route({
      method: "POST",
      path: "/api/v1/keys/:key/rotate",
      access,
      audit: "key.rotate",
      answers: { 201: z.strictObject({ key: z.enum(rotatingKeys), inUseFrom: z.iso.datetime() }) },
      async handle({ params }, _caller, change) {
        const key = readKeyName(params);
        const { inUseFrom } = await keys.rotate(key);
        await change(keyChanged(key));
        return { status: 201, body: { key, inUseFrom } };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/keys/:key/use",
      access,
      audit: "key.use",
      answers: { 200: z.strictObject({ key: z.enum(rotatingKeys), inUse: z.literal(true) }) },
      async handle({ params }, _caller, change) {
        const key = readKeyName(params);
        keys.hasten(key);
        await tend();
        await change(keyChanged(key));
        return { status: 200, body: { key, inUse: true } };
      },
    }),
  ];
}

function readKeyName({ key }: Readonly<Record<string, string>>): RotatingKey {
  const known = rotatingKeys.find((name) => name === key);
  if (!known)
    throw new RollcallError("not-found", {
      detail: `The keys that rotate are ${rotatingKeys.join(" and ")}.`,
    });
  return known;
}
