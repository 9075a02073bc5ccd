/** Section `nearby.bluetooth`: devices that were connected by Bluetooth, which are other people's as often as not. */
import { flag, list, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "nearby.bluetooth",
  title: "Bluetooth devices",
  schema: 1,
  category: "nearby",
  purposes: ["inventory", "security"],
  sources: { linux: ["/var/lib/bluetooth"] },
  fields: {
    devices: list(
      {
        is: "Devices that this one remembers.",
        sensitivity: "plain",
        max: 256,
        key: ["address"],
        locates: "always",
      },
      {
        address: required(text(17, { is: "Hardware address.", sensitivity: "sensitive", own: true })),
        name: text(248, { is: "Name that it gives itself.", sensitivity: "sensitive", own: true }),
        kind: text(32, { is: "What it is, such as phone, audio or keyboard.", sensitivity: "plain" }),
        paired: flag({ is: "Whether it is paired.", sensitivity: "plain" }),
      },
    ),
  },
});
