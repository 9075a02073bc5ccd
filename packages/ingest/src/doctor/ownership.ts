/** Whose the directory and its files are, and who else can read them. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { whyNotOwn } from "@rollcall/host";
import { pathsIn } from "../store/data-directory.ts";
import { type Finding, fail, ok, type Patient, warn } from "./finding.ts";

const groupOrOthers = 0o077;

export function examineDirectory({ directory }: Patient): Finding {
  const why = whyNotOwn(directory);
  if (why !== null) return fail("directory", why, "see there; a server does not start on it");
  const mode = statSync(directory).mode & 0o777;
  return mode & groupOrOthers
    ? warn("directory", `${directory} has the mode ${mode.toString(8)}`, `chmod 700 ${directory}`)
    : ok("directory", `${directory} is this account's alone`);
}

export function examineFiles({ directory }: Patient): Finding {
  const open = secretFiles(directory).filter((path) => {
    const { mode, uid } = statSync(path);
    return (mode & groupOrOthers) !== 0 || (process.getuid !== undefined && uid !== process.getuid());
  });
  if (process.platform === "win32") return ok("files", "their access lists are not looked at on Windows");
  return open.length === 0
    ? ok("files", "keys, database, ledger and logs are this account's alone")
    : fail("files", `others can read or own ${open.join(", ")}`, `chown and chmod 600 ${open.join(" ")}`);
}

function secretFiles(directory: string): string[] {
  const { path, database, ledger } = pathsIn(directory);
  const keys = join(path, "keys");
  const inKeys = existsSync(keys) ? readdirSync(keys).map((name) => join(keys, name)) : [];
  const logs = readdirSync(path).filter((name) => /^requests.*\.log$/.test(name));
  const named = [database, `${database}-wal`, ledger, ...logs.map((name) => join(path, name)), ...inKeys];
  return named.filter((file) => existsSync(file) && statSync(file).isFile());
}
