/** `rollcall-agent my export`: everything that the server stores of this device, into a file or onto the terminal. */
import { writeFileSync } from "node:fs";
import { type ExitCode, exitCodes } from "@rollcall/host";
import { parseJson } from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";
import type { Context } from "./context.ts";
import { askOwn } from "./own-server.ts";
import { recorded } from "./recorded.ts";

export async function exportCommand(context: Context, file: string | undefined): Promise<ExitCode> {
  const { output } = context;
  await recorded(
    context,
    "my export",
    async () => {
      const bytes = await askOwn(context, (api) => api.export());
      if (file === undefined) tell(context, bytes);
      else keep(file, bytes);
      return bytes.length;
    },
    (length) => `${length} bytes ${file === undefined ? "shown" : "written to a file"}`,
  );
  if (file === undefined) return exitCodes.done;
  output.json({ file });
  output.line(`Everything that the server stores of this device is in ${file}.`);
  return exitCodes.done;
}

/** For its writer alone, and never in the place of something else. */
function keep(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError("failed", `${file} cannot be written: ${reason}`, cause);
  }
}

function tell({ output }: Context, bytes: Uint8Array): void {
  const value = readExport(bytes);
  output.json(value);
  if (!output.isJson) for (const line of JSON.stringify(value, null, 2).split("\n")) output.line(line);
}

function readExport(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch (cause) {
    throw new AgentError("failed", "this cannot be shown here; `my export FILE` writes it to a file", cause);
  }
}
