/** Section `software.firmware`: firmware that fwupd installed in the machine's parts. */
import { text } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, installedAt } = packageFields("natural");

export const definition = defineSection({
  name: "software.firmware",
  title: "Firmware installed by fwupd",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: { linux: ["/var/lib/fwupd/pending.db"] },
  fields: {
    packages: packageList(["name"], {
      name,
      version,
      previous: text(256, { is: "Version that was there before.", sensitivity: "plain" }),
      plugin: text(64, { is: "Part of fwupd that knows the device.", sensitivity: "plain" }),
      installedAt,
    }),
  },
});
