/**
 * The thread that brings the write-ahead log home: a connection beside the writer's, so that copying pages and waiting
 * for the disk hold up no commit. Passive: it waits for nobody and nobody waits for it.
 */
import { parentPort, workerData } from "node:worker_threads";
import SqliteDatabase from "better-sqlite3";

const database = new SqliteDatabase(String(workerData));
database.pragma("synchronous = FULL");

parentPort?.on("message", () => {
  database.pragma("wal_checkpoint(PASSIVE)");
  parentPort?.postMessage("done");
});
