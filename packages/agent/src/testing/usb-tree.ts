/** USB devices as files of a machine that a test makes up. */
import type { Tree } from "./collected.ts";

interface UsbParts {
  /** `46d/825/12` */
  readonly product: string;
  /** `239/2/1`; the interfaces say it, unless said. */
  readonly type?: string;
  readonly texts?: Readonly<Record<string, string>>;
  /** `14/1/0 uvcvideo`: of each interface its class and its driver. */
  readonly interfaces?: readonly string[];
}

const devices = "/sys/bus/usb/devices";

export function usbTree(
  port: string,
  { product, type = "0/0/0", texts = {}, interfaces = [] }: UsbParts,
): Tree {
  return Object.fromEntries([
    [`${devices}/${port}/uevent`, `MAJOR=189\nMINOR=3\nDRIVER=usb\nPRODUCT=${product}\nTYPE=${type}\n`],
    ...Object.entries(texts).map(([name, text]) => [`${devices}/${port}/${name}`, `${text}\n`]),
    ...interfaces.map((each, index) => {
      const [kind, driver] = each.split(" ");
      const named = driver === undefined ? "" : `DRIVER=${driver}\n`;
      return [`${devices}/${port}:1.${index}/uevent`, `${named}INTERFACE=${kind}\n`];
    }),
  ]);
}
