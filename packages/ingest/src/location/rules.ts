/** What is known of where devices are, beside what they tell: the country of the address that they check in from. */
import type { CallingInstallation } from "../accounts/caller.ts";
import type { Services } from "../services.ts";
import { storeCountry } from "./queries.ts";

/**
 * Takes down the country that an installation checks in from; `known` is the one before. The address itself is not
 * stored. One that nobody knows a country of changes nothing: it may be a network within the organisation.
 */
export async function noteCountry(
  { countries, store, now }: Services,
  { ordinal }: Pick<CallingInstallation, "ordinal">,
  known: string | null,
  address: string | undefined,
): Promise<void> {
  const country = await countries.of(address);
  if (country === null || country === known) return;
  await store.commit([storeCountry({ installation: ordinal, country, at: now() })]);
}
