/** Where a server's store is: a file of its data directory, or PostgreSQL; never silently another than before. */
import { existsSync, readFileSync } from "node:fs";
import { writeAtomically } from "@rollcall/host";
import { rememberedServer } from "./identity/queries.ts";
import type { DataDirectory } from "./store/data-directory.ts";
import { nameOf, openPostgresStore } from "./store/postgres-store.ts";
import type { ReadingLimits } from "./store/reading-limits.ts";
import { protocolScope } from "./store/scope.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";

/** The threads that write the database and read it. */
const writer = new URL("./writer.ts", import.meta.url);
const reader = new URL("./reader.ts", import.meta.url);

/** What its reads beside the event loop keep to, and who is told when a thread ends that does them. */
export interface Reading extends ReadingLimits {
  readonly fault: (reason: unknown) => void;
}

type Places = Pick<DataDirectory, "path" | "database" | "databaseElsewhere">;

/** On PostgreSQL where `url` names one. Throws where what this directory's server kept is in the other place. */
export function openStore(directory: Places, url: string, reading: Reading): Promise<Store> {
  return url === "" ? openFile(directory, reading) : openPostgres(directory, url, reading);
}

async function openFile({ path, database, databaseElsewhere }: Places, reading: Reading): Promise<Store> {
  if (!existsSync(database) && existsSync(databaseElsewhere))
    throw new Error(
      `${path} belongs to a server whose data is in ${readFileSync(databaseElsewhere, "utf8").trim()}: name that with --database or database.url, or carry it here with rollcall migrate`,
    );
  return openSqliteStore(database, { writer, readers: { module: reader, ...reading } });
}

async function openPostgres(
  { path, database, databaseElsewhere }: Places,
  url: string,
  limits: ReadingLimits,
): Promise<Store> {
  const store = await openPostgresStore(url, limits);
  try {
    if (existsSync(database) && (await store.read(rememberedServer, protocolScope, null)) === null)
      throw new Error(
        `${nameOf(url)} is empty, and ${path} has a database: carry it there with rollcall migrate, or move the file away`,
      );
    writeAtomically(databaseElsewhere, Buffer.from(`${nameOf(url)}\n`));
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
