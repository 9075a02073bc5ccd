/** Section `software.appx`: apps of the Microsoft Store, and those that come with Windows in that form. */
import { flag, required } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, vendor } = packageFields("natural");

export const definition = defineSection({
  name: "software.appx",
  title: "Windows store apps",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: { win32: ["C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"] },
  fields: {
    packages: packageList(["name", "architecture"], {
      name,
      version,
      architecture: required(architecture),
      vendor,
      framework: flag({ is: "Whether it is there for other apps only.", sensitivity: "plain" }),
    }),
  },
});
