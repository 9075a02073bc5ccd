/** `rollcall backup` and `restore`: on the server's own machine, beside a server that runs, or without one. */
import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { exitCodes } from "@rollcall/host";
import type { Command } from "commander";
import { DirectoryInUse, pathsIn } from "../store/data-directory.ts";
import { type Context, dataDirectory, remoteServer } from "./context.ts";
import { databasePlace, databaseUrl } from "./database-place.ts";
import { CommandFailure, wrongUsage } from "./failure.ts";

interface BackupFlags {
  readonly encryptTo?: string;
  readonly withKeys?: true;
  readonly database?: string;
}

interface RestoreFlags {
  readonly key?: string;
  readonly database?: string;
}

const databaseOption = [
  "--database <URL>",
  "postgres://…, where the data is not a file; else as configured",
] as const;

export function addBackup(program: Command, contextOf: () => Context): void {
  const backup = program
    .command("backup [FILE]")
    .description("write a checked backup of the database and config.json; a server may run meanwhile")
    .option("--encrypt-to <KEY>", "public key of rollcall backup keygen, or a file with it")
    .option(
      "--with-keys",
      "the server's keys, too; only encrypted. Never the ledger of deletions and its key",
    )
    .option(...databaseOption)
    .action((file: string | undefined, flags: BackupFlags) => makeBackup(contextOf(), file, flags));
  backup
    .command("keygen <FILE>")
    .description("make a pair of keys: the private one in FILE, the public one on stdout")
    .action((file: string) => keygen(contextOf(), file));
  program
    .command("restore <FILE>")
    .description("put a backup in the place of what an empty or stopped data directory holds")
    .option("--key <FILE>", "private key of an encrypted one")
    .option(...databaseOption)
    .action((file: string, flags: RestoreFlags) => restore(contextOf(), file, flags));
}

function here(context: Context): string {
  if (remoteServer(context) !== null)
    throw wrongUsage("backups are made and restored on the server's own machine; unset ROLLCALL_URL there");
  return dataDirectory(context);
}

async function makeBackup(context: Context, typed: string | undefined, flags: BackupFlags): Promise<void> {
  if (typed === undefined) throw wrongUsage("backup takes FILE, the backup to write");
  if (flags.withKeys && flags.encryptTo === undefined)
    throw wrongUsage("--with-keys needs --encrypt-to: whoever has the keys can be this server");
  const directory = here(context);
  const file = resolve(context.workingDirectory, typed);
  const database = databasePlace(directory, flags.database);
  if (database === "" && !existsSync(pathsIn(directory).database))
    throw new CommandFailure(`there is no database in ${directory}; name another directory with --data`);
  const { readRecipient } = await import("../backups/backup-keys.ts");
  const { encryptTo } = flags;
  const recipient = encryptTo === undefined ? null : usable(() => readRecipient(encryptTo));
  const { writeBackup } = await import("../backups/write-backup.ts");
  const { now, output } = context;
  const withKeys = flags.withKeys === true;
  const made = await writeBackup(directory, { file, recipient, withKeys, database, now });
  const { at, server, databaseVersion, rows, files, size } = made;
  const names = files.map(({ name }) => name);
  output.json({ file, bytes: size, at, server, databaseVersion, encryptedTo: recipient, files: names, rows });
  const devices = rows.devices ?? 0;
  output.line(`${file}: ${size} bytes, ${devices} devices as of ${at}, checked`);
  if (!names.some((name) => name.startsWith("keys/")))
    output.note(
      "The server's keys are not in it; keep a copy of keys/ elsewhere, for devices trust no other.",
    );
}

function keygen({ workingDirectory, output }: Context, typed: string): Promise<void> {
  return import("../backups/backup-keys.ts").then(({ newBackupKey }) => {
    const file = resolve(workingDirectory, typed);
    const { pem, publicKey } = newBackupKey();
    if (existsSync(file)) throw new CommandFailure(`${file} is there already; a key replaces nothing`);
    writeFileSync(file, pem, { flag: "wx", mode: 0o600, flush: true });
    output.note(
      `The private key is in ${file}; keep it away from the server. The public key, for --encrypt-to:`,
    );
    output.line(publicKey);
    output.json({ file, publicKey });
  });
}

async function restore(
  context: Context,
  typed: string,
  { key, database: named }: RestoreFlags,
): Promise<void> {
  const { workingDirectory, output } = context;
  const directory = here(context);
  const file = resolve(workingDirectory, typed);
  if (!existsSync(file)) throw wrongUsage(`there is no file ${file}`);
  const database = databasePlace(directory, named);
  const { readIdentity } = await import("../backups/backup-keys.ts");
  const identity = key === undefined ? null : usable(() => readIdentity(resolve(workingDirectory, key)));
  const { restoreBackup } = await import("../backups/restore.ts");
  const restored = await restoreBackup(directory, file, identity, database).catch((error: unknown) => {
    throw asFailure(error, file);
  });
  const { at, server, rows, kept, missing } = restored;
  output.json({ file, directory, at, server, rows, kept, missing });
  output.line(`${directory} holds ${rows.devices ?? 0} devices as of ${at}`);
  if (databaseUrl(directory, undefined) !== database)
    output.note(
      "config.json names another database; change database.url, or start the server with --database.",
    );
  if (kept.length > 0) output.note(`Kept as they are: ${kept.join(", ")}`);
  if (missing.length > 0)
    output.note(`Put back before the next start, from copies of your own: ${missing.join(", ")}`);
}

/** What was typed names something that cannot be used. */
function usable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new CommandFailure(error instanceof Error ? error.message : String(error), exitCodes.usage, error);
  }
}

function asFailure(error: unknown, file: string): CommandFailure {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof DirectoryInUse)
    return new CommandFailure(`${reason}; stop it first`, exitCodes.notReached, error);
  return new CommandFailure(
    `${file} is not restored, and nothing was changed: ${reason}`,
    exitCodes.failed,
    error,
  );
}
