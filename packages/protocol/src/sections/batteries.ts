/** Section `batteries`: what feeds the machine itself; batteries of mice and headsets are not of it. */
import { list, quantity, reading, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

const most = 1_000_000_000;

export const definition = defineSection({
  name: "batteries",
  title: "Batteries",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "support"],
  sources: {
    linux: ["/sys/class/power_supply"],
    darwin: ["systeminformation: battery()"],
    win32: ["systeminformation: battery()"],
  },
  fields: {
    batteries: list(
      { is: "The machine's batteries.", sensitivity: "plain", max: 32, key: ["name"] },
      {
        name: required(text(64, { is: "Name that the kernel gives it.", sensitivity: "plain" })),
        manufacturer: text(128, { is: "Maker of the battery.", sensitivity: "plain" }),
        model: text(128, { is: "Model of the battery.", sensitivity: "plain" }),
        serial: text(128, {
          is: "Serial number of the battery.",
          sensitivity: "sensitive",
          own: true,
          search: { field: "serial", as: "key" },
        }),
        technology: text(32, { is: "Its chemistry, such as Li-ion.", sensitivity: "plain" }),
        designMilliwattHours: quantity({
          is: "Energy that it was made to hold.",
          sensitivity: "plain",
          unit: "milliwatt-hours",
          max: most,
        }),
        fullMilliwattHours: quantity({
          is: "Energy that it holds when it is full.",
          sensitivity: "plain",
          unit: "milliwatt-hours",
          max: most,
        }),
        designMilliampereHours: quantity({
          is: "Charge that it was made to hold, where its voltage is not known.",
          sensitivity: "plain",
          unit: "milliampere-hours",
          max: most,
        }),
        fullMilliampereHours: quantity({
          is: "Charge that it holds when it is full, where its voltage is not known.",
          sensitivity: "plain",
          unit: "milliampere-hours",
          max: most,
        }),
        cycles: quantity({
          is: "How often it was charged; absent where it does not count.",
          sensitivity: "plain",
          unit: "count",
          max: 1_000_000,
          search: { field: "battery.cycles", as: "number" },
        }),
        wearPercent: quantity({
          is: "How much of what it was made to hold is lost.",
          sensitivity: "plain",
          unit: "percent",
          max: 100,
          search: { field: "battery.wear", as: "number" },
        }),
        chargePercent: reading({
          is: "How full it is.",
          sensitivity: "plain",
          unit: "percent",
          max: 100,
        }),
      },
    ),
  },
});
