/** Section `identifiers`: a hint to admins that two installations may be one device. It links nothing by itself. */
import { text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "identifiers",
  title: "Identifiers",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "security"],
  sources: {
    linux: ["/etc/machine-id", "/var/lib/dbus/machine-id"],
    darwin: ["IOPlatformUUID (node-machine-id)"],
    win32: ["MachineGuid (node-machine-id)"],
  },
  fields: {
    machine: text(43, {
      is: "HMAC-SHA-256 of the machine id under the application number and the server's id; never the id itself. Shown as equal or not equal only.",
      sensitivity: "sensitive",
      comparedOnly: true,
    }),
  },
});
