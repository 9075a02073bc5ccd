/**
 * What the decoding thread does. Each task is a pure function: raw bytes and plain values in, plain results out,
 * because parsed documents are dear to pass between threads.
 */
import { sizeDecoded } from "../check-ins/decode-body.ts";
import { judgeSections } from "../check-ins/judge-sections.ts";

export interface Task<Input extends { readonly bytes: Uint8Array }, Result> {
  run(input: Input): Result;
  /** Bytes that it may come to hold besides those that it is given. */
  size(input: Input): number;
}

const task = <Input extends { readonly bytes: Uint8Array }, Result>(
  declared: Task<Input, Result>,
): Task<Input, Result> => declared;

export const tasks = {
  judgeSections: task({ run: judgeSections, size: sizeDecoded }),
} as const;

type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
export type TaskInput<N extends TaskName> = Parameters<Tasks[N]["run"]>[0];
export type TaskResult<N extends TaskName> = ReturnType<Tasks[N]["run"]>;
