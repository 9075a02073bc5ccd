/**
 * Looks at the machine in a process of its own, which is ended when a collector takes too long. A blocked read, a
 * pattern that never ends or a crash costs its own section and no other.
 */
import { type ChildProcess, fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { statusSchema } from "@rollcall/protocol";
import { z } from "zod";
import { AgentError } from "../agent-error.ts";
import type { LookAround, Outcomes } from "./collecting.ts";
import { nothingFrom, type Outcome } from "./outcome.ts";
import type { Task } from "./run-collector.ts";
import { seenSchema } from "./seen-schema.ts";

export interface ChildOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long one collector may take. */
  readonly limitMilliseconds?: number;
  /** The module that runs the collectors. */
  readonly child?: URL;
}

const usualLimit = 15_000;
/** How long the process may take until its first collector begins, on a machine that is busy. */
const startLimit = 60_000;
/** How long a process that was ended may take to go. */
const killPatience = 2_000;
const usualChild = new URL("./child.ts", import.meta.url);

export function inChild(options: ChildOptions = {}): LookAround {
  return async (task): Promise<Outcomes> => {
    const outcomes = new Map<string, Outcome>();
    let left = task.sections;
    while (left.length > 0) {
      // Each round settles one section at least: the one that the process ended at.
      const round = await oneRound({ ...task, sections: left }, options);
      for (const outcome of round) outcomes.set(outcome.section, outcome);
      left = left.filter((section) => !outcomes.has(section));
    }
    return outcomes;
  };
}

const outcomeSchema = z.object({
  section: z.string().max(64),
  status: statusSchema,
  document: z.unknown().optional(),
  readings: z.unknown().optional(),
  memory: z.unknown().optional(),
  diagnostics: z.array(z.string().max(1_000)).max(64),
  seen: seenSchema.optional(),
});

/** One process: the outcomes it told, and of the section that it did not get over, why. */
export function oneRound(
  task: Task,
  { signal, limitMilliseconds = usualLimit, child: entry = usualChild }: ChildOptions,
): Promise<Outcome[]> {
  return new Promise((resolve, reject) => {
    const told: Outcome[] = [];
    const current = () => task.sections[told.length] ?? "";
    let why: Outcome | null = null;
    const compiled = getCompileCacheDir();
    const child: ChildProcess = fork(entry, {
      env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled },
      execArgv: [],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    let settled = false;
    const settle = (ending: string): void => {
      if (settled) return;
      settled = true;
      clearTimeout(limit);
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(new AgentError("stopped", "stopped as asked"));
      else if (told.length === task.sections.length) resolve(told);
      else resolve([...told, why ?? nothingFrom(current(), "failed", `its process ended with ${ending}`)]);
    };
    const end = (): void => {
      child.kill("SIGKILL");
      // One that waits for a device within the kernel does not go before that answers; nobody waits with it.
      setTimeout(() => {
        child.unref();
        child.channel?.unref();
        settle("nothing yet");
      }, killPatience).unref();
    };
    const giveUpAfter = (milliseconds: number) =>
      setTimeout(() => {
        why = nothingFrom(current(), "timed-out", `took over ${milliseconds} ms`);
        end();
      }, milliseconds);
    let limit = giveUpAfter(startLimit);
    signal?.addEventListener("abort", end);
    child.on("message", (message) => {
      clearTimeout(limit);
      limit = giveUpAfter(limitMilliseconds);
      if (message === "started") return;
      const outcome = outcomeSchema.safeParse(message);
      // A child that says something else than it was asked for is of no use any more.
      if (!outcome.success || outcome.data.section !== current()) end();
      else told.push(outcome.data);
    });
    child.on("error", (error) => {
      why ??= nothingFrom(current(), "failed", error.message.slice(0, 500));
    });
    child.on("close", (code, by) => settle(String(by ?? code)));
    // What goes wrong with it shows in how the child ends.
    child.send(task, () => undefined);
    if (signal?.aborted) end();
  });
}
