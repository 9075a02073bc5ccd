/** The state directory: reads what the agent wrote and distrusts it, writes it atomically. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { syncFolder, whyNotOwn, writeAtomically } from "@rollcall/host";
import { parseJson } from "@rollcall/protocol";
import type { z } from "zod";
import { AgentError } from "../agent-error.ts";

/** One file of the state, of which `state/files.ts` lists all. */
export interface StateFile<T> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** What a person does when it is broken; follows "…: ". */
  readonly remedy: string;
}

/** More than any section may hold, twice; a larger file was not written by the agent. */
const mostBytes = 256 * 2 ** 20;

export class StateDirectory {
  readonly path: string;
  #isOwn = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Makes the directory where it is missing, for this account alone. */
  create(): void {
    this.demandOwn();
    this.#explained("created", () => mkdirSync(this.path, { recursive: true, mode: 0o700 }));
  }

  /** Throws when another account can write it: nothing that stands there would be this agent's word. */
  demandOwn(): void {
    if (this.#isOwn) return;
    const why = whyNotOwn(this.path);
    if (why !== null) throw new AgentError("failed", why);
    this.#isOwn = true;
  }

  /** The file's value, undefined when there is no such file. Throws `state-broken` naming it. */
  read<T>({ name, schema, remedy }: StateFile<T>): T | undefined {
    const bytes = this.readBytes(name);
    if (bytes === undefined) return undefined;
    try {
      return schema.parse(parseJson(bytes));
    } catch (cause) {
      throw this.broken(name, remedy, cause);
    }
  }

  /** As `read`, for a file that has to be there by now. */
  demand<T>(file: StateFile<T>): T {
    const value = this.read(file);
    if (value !== undefined) return value;
    throw new AgentError("state-broken", `${join(this.path, file.name)} is missing: ${file.remedy}`);
  }

  write<T>({ name }: StateFile<T>, value: T): void {
    this.writeBytes(name, `${JSON.stringify(value)}\n`);
  }

  /** Names of the files there are. */
  names(): readonly string[] {
    return this.#explained("read", () => readdirSync(this.path));
  }

  readBytes(name: string): Uint8Array | undefined {
    const path = join(this.path, name);
    return this.#explained(
      "read",
      () => {
        const facts = statSync(path, { throwIfNoEntry: false });
        if (facts === undefined) return undefined;
        if (!facts.isFile() || facts.size > mostBytes) throw new Error("not a file that the agent wrote");
        return readFileSync(path);
      },
      path,
    );
  }

  writeBytes(name: string, content: string | Uint8Array): void {
    const path = join(this.path, name);
    this.#explained("written", () => writeAtomically(path, content), path);
  }

  remove({ name }: Pick<StateFile<unknown>, "name">): void {
    const path = join(this.path, name);
    this.#explained(
      "removed",
      () => {
        rmSync(path, { force: true });
        syncFolder(this.path);
      },
      path,
    );
  }

  broken(name: string, remedy: string, cause: unknown): AgentError {
    return new AgentError(
      "state-broken",
      `${join(this.path, name)} is not what the agent wrote there: ${remedy}`,
      cause,
    );
  }

  #explained<T>(verb: string, work: () => T, path = this.path): T {
    this.demandOwn();
    try {
      return work();
    } catch (cause) {
      if (cause instanceof AgentError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AgentError("failed", `${path} cannot be ${verb}: ${reason}`, cause);
    }
  }
}

/** A file's value with the file behind it: replacing the one writes the other first. */
export class Stored<T> {
  readonly #write: (value: T) => void;
  #value: T;

  constructor(value: T, write: (value: T) => void) {
    this.#value = value;
    this.#write = write;
  }

  get value(): T {
    return this.#value;
  }

  replace(value: T): void {
    this.#write(value);
    this.#value = value;
  }
}
