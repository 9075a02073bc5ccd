/**
 * Collector of section `cameras`. Video4Linux holds much that is no camera (decoders, TV cards, loops), and several
 * entries for one that is.
 */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { parseUdev } from "../linux/disks.ts";
import { told } from "../linux/firmware-text.ts";
import { parseUevent } from "../linux/pci.ts";
import { readUsbDevices, usbNaming, usbSources } from "../linux/usb.ts";

const videoFolder = "/sys/class/video4linux";
const udevFolder = "/run/udev/data";

export const collector = defineCollector({
  section: "cameras",
  platforms: {
    linux: {
      reads: [videoFolder, ...usbSources],
      collect(look) {
        const entries = entriesOf(look);
        const cameras = [...plugged(look, entries), ...builtIn(entries)];
        return cameras.length > 0 ? { document: { cameras } } : { nothing: "none" };
      },
    },
  },
});

interface Entry {
  readonly entry: string;
  /** Where it leads. */
  readonly link: string;
  /** What the driver calls it. */
  readonly name: string | undefined;
}

function entriesOf(look: Look): Entry[] {
  return look
    .names(videoFolder)
    .slice(0, 1_024)
    .map((entry) => ({
      entry,
      link: look.link(`${videoFolder}/${entry}`) ?? "",
      name: told(look.text(`${videoFolder}/${entry}/name`)),
    }));
}

/** Of USB, be it inside a notebook. */
function plugged(look: Look, all: readonly Entry[]) {
  const entries = all.flatMap(({ link, ...entry }) => {
    const [, port, device] = /\/((\d+-\d+(?:\.\d+)*):\d+\.\d+)\/video4linux\/video\d+$/.exec(link) ?? [];
    return port === undefined ? [] : [{ ...entry, port, device }];
  });
  if (entries.length === 0) return [];
  const [devices, namesOf] = [readUsbDevices(look), usbNaming(look)];
  return entries.flatMap(({ entry, name, port, device }) => {
    const found = devices.find((each) => each.port === device);
    if (found === undefined || !takesPictures(look, entry)) return [];
    return [present({ port, name, ...namesOf(found), id: `${found.vendor}:${found.product}` })];
  });
}

/** Whether it is the first entry of its interface and, as udev asked it, one that captures and has no tuner. */
function takesPictures(look: Look, entry: string): boolean {
  if ((look.text(`${videoFolder}/${entry}/index`)?.trim() ?? "0") !== "0") return false;
  const facts = parseUevent(look.text(`${videoFolder}/${entry}/uevent`) ?? "");
  const number = /^81:\d{1,8}$/.exec(`${facts.get("MAJOR")}:${facts.get("MINOR")}`)?.[0];
  const record = number && look.text(`${udevFolder}/c${number}`);
  const capabilities = parseUdev(record || "").get("ID_V4L_CAPABILITIES");
  return capabilities === undefined || /^(?!.*:(tuner|radio):).*:capture:/.test(capabilities);
}

/** Sensors as their drivers are called (kernel, drivers/media/i2c); lenses, lamps and bridges have other names. */
const sensor = /^((?:ar0|gc|hi|hm|imx|mt9|og|ov|s5k|vd5)\w{2,8}) \d+-[0-9a-f]{4}$/;

interface BuiltIn {
  readonly port: string;
  readonly name?: string;
  readonly model?: string;
}

/** On a board, or on PCI. */
function builtIn(entries: readonly Entry[]): BuiltIn[] {
  return entries.flatMap(({ link, name = "" }): BuiltIn[] => {
    const model = sensor.exec(name)?.[1];
    const line = /\/(\d+-[0-9a-f]{4})\/video4linux\/v4l-subdev\d+$/.exec(link)?.[1];
    if (model !== undefined && line !== undefined) return [{ port: `i2c-${line}`, model }];
    const port = /\/([^/]+)\/video4linux\/video\d+$/.exec(link)?.[1];
    return port !== undefined && /^(Apple Facetime HD|mmal service)/i.test(name) ? [{ port, name }] : [];
  });
}
