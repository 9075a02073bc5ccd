/** Section `displays`: the screens that are connected, as they tell themselves. */
import { list, quantity, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "displays",
  title: "Displays",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "support"],
  sources: {
    linux: ["/sys/class/drm"],
    darwin: ["systeminformation: graphics()"],
    win32: ["systeminformation: graphics()"],
  },
  fields: {
    displays: list(
      { is: "Displays by the connector they are at.", sensitivity: "plain", max: 128, key: ["connector"] },
      {
        connector: required(
          text(64, { is: "Name of the connector, such as HDMI-A-1.", sensitivity: "plain" }),
        ),
        manufacturer: text(128, { is: "Maker of the display.", sensitivity: "plain" }),
        model: text(128, {
          is: "Name of the display, or part number of the panel.",
          sensitivity: "plain",
          search: { field: "display", as: "term", words: true },
        }),
        product: text(7, { is: "Letters of the maker and number of the product.", sensitivity: "plain" }),
        serial: text(64, {
          is: "Serial number of the display.",
          sensitivity: "sensitive",
          own: true,
          search: { field: "serial", as: "key" },
        }),
        year: quantity({
          is: "Year it was made in, or that of its model.",
          sensitivity: "plain",
          unit: "year",
          max: 2_300,
        }),
        widthMillimetres: quantity({
          is: "Width of the picture.",
          sensitivity: "plain",
          unit: "millimetres",
          max: 65_535,
        }),
        heightMillimetres: quantity({
          is: "Height of the picture.",
          sensitivity: "plain",
          unit: "millimetres",
          max: 65_535,
        }),
      },
    ),
  },
});
