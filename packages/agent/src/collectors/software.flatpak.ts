/** Collector of section `software.flatpak`: what `flatpak list --system` lists. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { parseFlatpakDeploy } from "../linux/flatpak-deploy.ts";
import { credibleInstant } from "../linux/installed-at.ts";

const folders = { app: "/var/lib/flatpak/app", runtime: "/var/lib/flatpak/runtime" } as const;
const mostFlatpaks = 5_000;
const mostBytes = 256 * 1024;

export const collector = defineCollector({
  section: "software.flatpak",
  platforms: {
    linux: {
      reads: Object.values(folders),
      collect(look) {
        const packages = [...flatpaksOf(look, "app"), ...flatpaksOf(look, "runtime")];
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});

/** `app/NAME/ARCHITECTURE/BRANCH/active`; `current` beside the architectures is a link to what is started. */
function flatpaksOf(look: Look, kind: keyof typeof folders) {
  const folder = folders[kind];
  return look
    .names(folder)
    .slice(0, mostFlatpaks)
    .flatMap((name) =>
      look
        .names(`${folder}/${name}`)
        .filter((architecture) => architecture !== "current")
        .flatMap((architecture) =>
          look.names(`${folder}/${name}/${architecture}`).flatMap((branch) => {
            const deployed = deployedAt(look, `${folder}/${name}/${architecture}/${branch}/active/deploy`);
            return deployed ? [{ name, architecture, branch, kind, ...deployed }] : [];
          }),
        ),
    );
}

function deployedAt(look: Look, path: string) {
  const bytes = look.bytes(path, mostBytes);
  if (!bytes) return undefined;
  const { origin, installedSize, version } = parseFlatpakDeploy(bytes);
  const installedAt = credibleInstant(look.stat(path)?.modified);
  return present({ version, repository: origin, installedAt, installedSize });
}
