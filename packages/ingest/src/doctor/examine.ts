/** Looks at a data directory from head to foot, beside a server that runs on it or without one; changes nothing. */
import { existsSync } from "node:fs";
import { judgeConfig } from "../config.ts";
import { pathsIn } from "../store/data-directory.ts";
import { examineCertificate } from "./certificates.ts";
import { type Finding, fail, ok, type Patient } from "./finding.ts";
import { examineClock, examineDisk, examineNode } from "./machine.ts";
import { examineDirectory, examineFiles } from "./ownership.ts";
import { examineDatabase, examineIndex, examineKeys, examineLedger } from "./stored.ts";

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
const ofDatabase: readonly (readonly [string, Examination])[] = [
  ["database", examineDatabase],
  ["index", examineIndex],
  ["ledger", examineLedger],
  ["keys", examineKeys],
  ["certificate", examineCertificate],
];

/** Every finding, in a fixed order. One that cannot be made is a failure of its own and costs no other. */
export function* examine(patient: Patient): Generator<Finding> {
  for (const [check, look] of always) yield found(check, look, patient);
  if (existsSync(pathsIn(patient.directory).database))
    for (const [check, look] of ofDatabase) yield found(check, look, patient);
  else
    yield ok(
      "database",
      "there is none in this directory (it is made at the first start, or is in PostgreSQL)",
    );
}

function found(check: string, look: Examination, patient: Patient): Finding {
  try {
    return look(patient);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(check, reason, "see whether the file is there, whole and this account's");
  }
}
