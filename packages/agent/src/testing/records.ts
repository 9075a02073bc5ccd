/** Records of real machines: they lie beside the repository, never in it, and a test without them is skipped. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../../../../shared/records");

/** For a test's `skip`. */
export const withoutRecords = existsSync(folder) ? false : "the records of real machines are not at hand";

/** Where a record lies, by its path below the folder of all. */
export const recordAt = (path: string): string => join(folder, path);

export const record = (path: string): Buffer => readFileSync(recordAt(path));
