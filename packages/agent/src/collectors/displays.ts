/** Collector of section `displays`: the EDID that the kernel keeps of each connector. */
import { defineCollector, type Look } from "../collecting/collector.ts";
import { parseEdid } from "../linux/edid.ts";
import { portableDisplays } from "../portable/peripherals.ts";

const folder = "/sys/class/drm";
/** Blocks are counted in one byte. */
const mostBytes = 256 * 128;

export const collector = defineCollector({
  section: "displays",
  platforms: {
    linux: {
      reads: [folder],
      collect(look) {
        const displays = connectorsIn(look.names(folder)).flatMap(({ entry, connector }) => {
          const display = displayAt(look, entry, connector);
          return display ? [{ connector, ...display }] : [];
        });
        return displays.length > 0 ? { document: { displays } } : { nothing: "none" };
      },
    },
    darwin: portableDisplays,
    win32: portableDisplays,
  },
});

/** The file is empty where nothing is connected. */
function displayAt(look: Look, entry: string, connector: string) {
  const edid = look.bytes(`${folder}/${entry}/edid`, mostBytes);
  if (!edid || edid.length === 0) return undefined;
  return parseEdid(edid, (wrong) => look.note(`${connector}: ${wrong}`));
}

interface Connector {
  readonly entry: string;
  readonly connector: string;
}

/** "card1-HDMI-A-1" is HDMI-A-1: cards change their numbers from one start to the next. Names that are there twice stay whole. */
function connectorsIn(entries: readonly string[]): Connector[] {
  const connectors = entries.flatMap((entry) => {
    const [, connector] = /^card\d{1,3}-(.+)$/.exec(entry) ?? [];
    return connector === undefined ? [] : [{ entry, connector }];
  });
  const counts = Map.groupBy(connectors, ({ connector }) => connector);
  return connectors.map(({ entry, connector }) => ({
    entry,
    connector: (counts.get(connector)?.length ?? 0) > 1 ? entry : connector,
  }));
}
