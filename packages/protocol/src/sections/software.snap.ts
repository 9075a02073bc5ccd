/** Section `software.snap`: snaps in use. */
import { text } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, installedAt, installedSize } = packageFields("natural");

export const definition = defineSection({
  name: "software.snap",
  title: "Snaps",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: { linux: ["/snap", "/var/lib/snapd/snap", "/var/lib/snapd/snaps"] },
  fields: {
    packages: packageList(["name"], {
      name,
      version,
      revision: text(32, { is: "Number of the build, as the store counts.", sensitivity: "plain" }),
      kind: text(32, { is: "What it is to the system, such as app or base.", sensitivity: "plain" }),
      confinement: text(32, {
        is: "How far it is kept from the rest of the machine.",
        sensitivity: "plain",
      }),
      architecture,
      installedAt,
      installedSize,
    }),
  },
});
