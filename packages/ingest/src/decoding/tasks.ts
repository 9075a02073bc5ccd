/**
 * What the decoding thread does. Each task is a pure function: raw bytes and plain values in, plain results out,
 * because parsed documents are dear to pass between threads.
 */
import { sizeDecoded } from "../check-ins/decode-body.ts";
import { judgeSections } from "../check-ins/judge-sections.ts";
import { packingSize, packVersions } from "../records/versions.ts";

/** Bytes of a task's input. */
export interface TaskSize {
  readonly encoded: number;
  /** What it may come to at most. */
  readonly decoded: number;
}

export interface Task<Input, Result> {
  run(input: Input): Result;
  size(input: Input): TaskSize;
}

const task = <Input, Result>(declared: Task<Input, Result>): Task<Input, Result> => declared;

export const tasks = {
  judgeSections: task({ run: judgeSections, size: sizeDecoded }),
  packVersions: task({ run: packVersions, size: packingSize }),
} as const;

type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
export type TaskInput<N extends TaskName> = Parameters<Tasks[N]["run"]>[0];
export type TaskResult<N extends TaskName> = ReturnType<Tasks[N]["run"]>;
