/** Where a server's store is: a file of its data directory, or PostgreSQL; never silently another than before. */
import { existsSync, readFileSync } from "node:fs";
import { writeAtomically } from "@rollcall/host";
import { rememberedServer } from "./identity/queries.ts";
import type { DataDirectory } from "./store/data-directory.ts";
import { nameOf, openPostgresStore } from "./store/postgres-store.ts";
import { protocolScope } from "./store/scope.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";

/** The thread that writes the database. */
const writerModule = new URL("./writer.ts", import.meta.url);

type Places = Pick<DataDirectory, "path" | "database" | "databaseElsewhere">;

/** On PostgreSQL where `url` names one. Throws where what this directory's server kept is in the other place. */
export function openStore(directory: Places, url: string): Promise<Store> {
  return url === "" ? openFile(directory) : openPostgres(directory, url);
}

async function openFile({ path, database, databaseElsewhere }: Places): Promise<Store> {
  if (!existsSync(database) && existsSync(databaseElsewhere))
    throw new Error(
      `${path} belongs to a server whose data is in ${readFileSync(databaseElsewhere, "utf8").trim()}: name that with --database or database.url, or carry it here with rollcall migrate`,
    );
  return openSqliteStore(database, writerModule);
}

async function openPostgres({ path, database, databaseElsewhere }: Places, url: string): Promise<Store> {
  const store = await openPostgresStore(url);
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
