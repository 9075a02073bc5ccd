/** Section `software.windows`: programs that Windows lists as installed for everybody, and its own updates. */
import { choice, required } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, vendor, installedAt, installedSize } = packageFields("natural");

export const definition = defineSection({
  name: "software.windows",
  title: "Windows programs",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: { win32: ["C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"] },
  fields: {
    packages: packageList(["name", "kind", "version"], {
      name,
      kind: required(
        choice(["program", "program-32", "update"], {
          is: "A program, a 32-bit one on a 64-bit system, or an update of Windows itself.",
          sensitivity: "plain",
        }),
      ),
      version: required(version),
      vendor,
      installedAt,
      installedSize,
    }),
  },
});
