/** Collector of section `printers`: those of CUPS. */
import { defineCollector, type Look } from "../collecting/collector.ts";
import { type Printer, parsePpd, parsePrinters } from "../linux/cups.ts";
import { portablePrinters } from "../portable/peripherals.ts";

const listFile = "/etc/cups/printers.conf";
const descriptions = "/etc/cups/ppd";
const mostBytes = 8 * 2 ** 20;

export const collector = defineCollector({
  section: "printers",
  platforms: {
    linux: {
      reads: [listFile, descriptions],
      collect(look) {
        const list = look.text(listFile, mostBytes);
        // Only root may read the list; what the printers are called can be seen all the same.
        const printers = list === undefined ? described(look) : parsePrinters(list);
        return printers.length > 0 ? { document: { printers: [...printers] } } : { nothing: "none" };
      },
    },
    darwin: portablePrinters,
    win32: portablePrinters,
  },
});

/** By the files that describe them, which may be for root's group only. */
function described(look: Look): Printer[] {
  return look
    .names(descriptions)
    .filter((file) => file.endsWith(".ppd"))
    .map((file) => ({
      name: file.slice(0, -".ppd".length),
      ...parsePpd(look.text(`${descriptions}/${file}`) ?? ""),
    }));
}
