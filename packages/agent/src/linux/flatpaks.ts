/** Flatpaks of an installation: where each is deployed, and what its `deploy` file says. */
import { type Look, present } from "../collecting/collector.ts";
import { parseFlatpakDeploy } from "./flatpak-deploy.ts";
import { credibleInstant } from "./installed-at.ts";

export interface Flatpak {
  readonly name: string;
  readonly architecture: string;
  readonly branch: string;
  readonly kind: "app" | "runtime";
  readonly version?: string;
  readonly repository?: string;
  readonly installedAt?: string;
  /** Bytes. */
  readonly installedSize?: number;
}

const mostFlatpaks = 5_000;
const mostBytes = 256 * 1024;

export function flatpaksIn(look: Look, folders: Readonly<Record<Flatpak["kind"], string>>): Flatpak[] {
  return [...flatpaksOf(look, "app", folders.app), ...flatpaksOf(look, "runtime", folders.runtime)];
}

/** `app/NAME/ARCHITECTURE/BRANCH/active`; `current` beside the architectures is a link to what is started. */
function flatpaksOf(look: Look, kind: Flatpak["kind"], folder: string): Flatpak[] {
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
