/** Section `printers`: printers that are set up. Where on a network they are is not collected. */
import { choice, flag, list, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "printers",
  title: "Printers",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "support"],
  sources: {
    linux: ["/etc/cups/printers.conf", "/etc/cups/ppd"],
    darwin: ["systeminformation: printer()"],
    win32: ["systeminformation: printer()"],
  },
  fields: {
    printers: list(
      { is: "Printers by the names they were given.", sensitivity: "plain", max: 4_096, key: ["name"] },
      {
        name: required(text(256, { is: "Name that it was given.", sensitivity: "plain", own: true })),
        manufacturer: text(128, { is: "Maker of the printer.", sensitivity: "plain" }),
        model: text(256, {
          is: "Maker and model, with the name of the driver.",
          sensitivity: "plain",
          search: { field: "printer", as: "term", words: true },
        }),
        connection: choice(["usb", "network", "parallel", "serial", "bluetooth", "virtual"], {
          is: "How it is attached; virtual ones print into files.",
          sensitivity: "plain",
        }),
        serial: text(128, {
          is: "Serial number of a printer that is attached by USB.",
          sensitivity: "sensitive",
          own: true,
        }),
        default: flag({ is: "Whether it is used unless another is chosen.", sensitivity: "plain" }),
        shared: flag({ is: "Whether other devices may print with it.", sensitivity: "plain" }),
      },
    ),
  },
});
