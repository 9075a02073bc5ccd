/** Collector of section `location`: the cell that the device rests in, of the level granted. */

import type { DocumentNamed } from "@rollcall/protocol";
import { type AgentFacts, type Collected, defineCollector, type Look } from "../collecting/collector.ts";
import { wifiPrograms, wifiReads } from "../linux/wifi-devices.ts";
import { fixedPlace, restingPlace } from "../location/find-cell.ts";
import { gpsdAddress } from "../location/gpsd.ts";
import { mmcli } from "../location/modem-manager.ts";

type Location = DocumentNamed<"location">;

/** Nothing at `country`, which the server knows by itself; of another machine's tree nobody knows where it is. */
const told = async (look: Look, { location: { search } }: AgentFacts): Promise<Location | undefined> =>
  look.live && search ? fixedPlace(search) : undefined;

const fixedOnly = {
  reads: [],
  async collect(look: Look, facts: AgentFacts): Promise<Collected<Location>> {
    const document = await told(look, facts);
    return document ? { document } : { nothing: "none" };
  },
} as const;

export const collector = defineCollector({
  section: "location",
  platforms: {
    linux: {
      reads: wifiReads,
      programs: [mmcli, ...wifiPrograms],
      connects: [gpsdAddress],
      async collect(look, facts) {
        const document = await told(look, facts);
        if (document) return { document };
        const { search } = facts.location;
        return look.live && search ? restingPlace(look, search) : { nothing: "none" };
      },
    },
    darwin: fixedOnly,
    win32: fixedOnly,
  },
});
