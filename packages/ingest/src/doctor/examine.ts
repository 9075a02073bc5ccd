/** Looks at a data directory from head to foot, beside a server that runs on it or without one; changes nothing. */
import { existsSync } from "node:fs";
import { judgeConfig } from "../config.ts";
import { pathsIn } from "../store/data-directory.ts";
import { examineCertificate } from "./certificates.ts";
import { type Finding, fail, ok, type Patient } from "./finding.ts";
import { examineClock, examineDisk, examineNode } from "./machine.ts";
import { examineDirectory, examineFiles } from "./ownership.ts";
import { ExaminedPostgres } from "./postgres.ts";
import {
  examineDatabase,
  examineIndex,
  examineKeys,
  examineLedger,
  type Shown,
  shownByFile,
} from "./stored.ts";

function examineConfig({ directory }: Patient): Finding {
  const { file, set, problems } = judgeConfig(directory);
  const [first] = problems;
  if (!first)
    return ok("configuration", `${Object.keys(set).length} keys set in ${file}, the others are defaults`);
  const where = first.key === null ? "" : `${first.key}: `;
  return fail(
    "configuration",
    `${where}${first.detail}`,
    `mend ${file}; rollcall config check tells every key`,
  );
}

type Examination = (patient: Patient) => Finding;

const always: readonly (readonly [string, Examination])[] = [
  ["node", () => examineNode()],
  ["directory", examineDirectory],
  ["files", examineFiles],
  ["configuration", examineConfig],
  ["disk", examineDisk],
  ["clock", examineClock],
];

/** What stands beside the database and has to fit it. */
const beside: readonly (readonly [string, (patient: Patient, shown: Shown) => Finding])[] = [
  ["index", examineIndex],
  ["ledger", examineLedger],
  ["keys", examineKeys],
];

const ofPostgres: readonly (readonly [string, (postgres: ExaminedPostgres) => Promise<Finding>])[] = [
  ["database", (postgres) => postgres.examineDatabase()],
  ["durability", (postgres) => postgres.examineDurability()],
  ["database-clock", (postgres) => postgres.examineClock()],
  ["connections", (postgres) => postgres.examineConnections()],
  ["standbys", (postgres) => postgres.examineStandbys()],
];

/**
 * Every finding, in a fixed order. One that cannot be made is a failure of its own and costs no other. `url`: that of
 * PostgreSQL, or empty where the store is a file of the directory.
 */
export async function* examine(patient: Patient, url: string): AsyncGenerator<Finding> {
  for (const [check, look] of always) yield await found(check, () => look(patient));
  if (url !== "") yield* examinePostgres(patient, url);
  else if (existsSync(pathsIn(patient.directory).database)) yield* examineFile(patient);
  else
    yield ok(
      "database",
      "there is none in this directory (it is made at the first start; one in PostgreSQL is named by --database)",
    );
}

async function* examineFile(patient: Patient): AsyncGenerator<Finding> {
  yield await found("database", () => examineDatabase(patient));
  for (const [check, look] of beside) yield await found(check, () => look(patient, shownByFile(patient)));
  yield await found("certificate", () => examineCertificate(patient));
}

async function* examinePostgres(patient: Patient, url: string): AsyncGenerator<Finding> {
  try {
    const postgres = await ExaminedPostgres.at(url);
    try {
      for (const [check, look] of ofPostgres) yield await found(check, () => look(postgres));
      const shown = await postgres.shown();
      if (shown) {
        yield await found("log", () => postgres.examineLog());
        for (const [check, look] of beside) yield await found(check, () => look(patient, shown));
      }
    } finally {
      await postgres.close();
    }
  } catch (error) {
    const todo = "see whether PostgreSQL runs there and lets this account in; servers go on by themselves";
    yield fail("database", reasonOf(error), todo);
  }
  yield await found("certificate", () => examineCertificate(patient));
}

async function found(check: string, look: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return fail(check, reasonOf(error), "see whether it is there, whole and this account's");
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
