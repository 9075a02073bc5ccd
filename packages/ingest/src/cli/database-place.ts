/** Where the database of a data directory is, for commands that work without a running server. */
import { existsSync, readFileSync } from "node:fs";
import { judgeConfig } from "../config.ts";
import { pathsIn } from "../store/data-directory.ts";
import { CommandFailure } from "./failure.ts";
import { readDatabaseUrl } from "./serve.ts";

/** The `postgres://…` that was typed, or else is configured; empty for the file of the directory. */
export function databaseUrl(directory: string, typed: string | undefined): string {
  return typed === undefined
    ? (judgeConfig(directory).config?.["database.url"] ?? "")
    : readDatabaseUrl(typed);
}

/** The same; throws where it is known that the file is not where the data is. */
export function databasePlace(directory: string, typed: string | undefined): string {
  const url = databaseUrl(directory, typed);
  const { database, databaseElsewhere } = pathsIn(directory);
  if (url === "" && !existsSync(database) && existsSync(databaseElsewhere))
    throw new CommandFailure(
      `the data of ${directory} is in ${readFileSync(databaseElsewhere, "utf8").trim()}; name that with --database or database.url`,
    );
  return url;
}
