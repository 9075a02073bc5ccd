/** Collector of section `software.appx`: what Get-AppxPackage lists of the whole machine. */
import { defineCollector, present } from "../collecting/collector.ts";
import { type PlistDict, textAt } from "../darwin/plist.ts";
import { powershell, readObjects } from "../windows/powershell.ts";

const pipelines = {
  apps: "Get-AppxPackage -AllUsers | Select-Object Name, @{n='Version';e={[string]$_.Version}}, @{n='Architecture';e={[string]$_.Architecture}}, Publisher, IsFramework",
} as const;

export const collector = defineCollector({
  section: "software.appx",
  platforms: {
    win32: {
      reads: [],
      programs: [powershell],
      async collect(look) {
        const objects = await readObjects(look, pipelines);
        const packages = objects("apps").flatMap((app) => packageOf(app) ?? []);
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});

function packageOf(app: PlistDict) {
  const name = textAt(app, "Name");
  if (name === undefined) return undefined;
  return present({
    name,
    version: textAt(app, "Version"),
    architecture: textAt(app, "Architecture")?.toLowerCase() ?? "unknown",
    vendor: commonName(textAt(app, "Publisher")),
    framework: app.IsFramework === true ? true : undefined,
  });
}

/** Of a distinguished name such as `CN=Microsoft Corporation, O=…`; quoted where it holds a comma. */
function commonName(publisher: string | undefined): string | undefined {
  return /^CN=(?:"([^"]{1,256})"|([^,]{1,256}))/
    .exec(publisher ?? "")
    ?.slice(1)
    .find((name) => name !== undefined);
}
