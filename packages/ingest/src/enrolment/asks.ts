/** What the organisation asks of the person at a device, by the token that let it in. */
import { isGrantableUnasked, ownerships, type Wish, wishesSchema } from "@rollcall/protocol";
import { z } from "zod";
import type { Services } from "../services.ts";
import { jsonColumn } from "../store/columns.ts";
import { inScope, installationScope } from "../store/scope.ts";
import { defineRead } from "../store/store.ts";

const ownershipSchema = z.enum(ownerships);

const tokenWishes = defineRead({
  name: "token-wishes",
  isPoint: true,
  async run(database, scope, ordinal: number): Promise<readonly Wish[]> {
    const row = await database
      .selectFrom("installations")
      .innerJoin("devices", "devices.ordinal", "installations.device")
      .innerJoin("enrolment_tokens", "enrolment_tokens.id", "installations.token")
      .select(["wishes", "devices.ownership"])
      .where("installations.ordinal", "=", ordinal)
      .where((builder) => inScope(builder, scope))
      .executeTakeFirst();
    if (!row) return [];
    const ownership = ownershipSchema.parse(row.ownership);
    return jsonColumn(wishesSchema, row.wishes, "enrolment_tokens.wishes").filter(
      (wish) => !isGrantableUnasked(wish, ownership),
    );
  },
});

/** The purposes that the organisation has for what only the person at this device can grant. */
export const asksOf = ({ store }: Services, ordinal: number): Promise<readonly Wish[]> =>
  store.read(tokenWishes, installationScope(ordinal), ordinal);
