/** What PowerShell answers, as JSON in UTF-8. The scripts are our own and take nothing from outside. */
import type { Look } from "../collecting/collector.ts";
import type { PlistDict } from "../darwin/plist.ts";
import { isDict } from "../darwin/plist.ts";

export const powershell = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";

/** It takes seconds to start on a machine that is busy. */
const limits = { milliseconds: 14_000, maxBytes: 32 * 2 ** 20 };

/**
 * The objects that each of these pipelines yields, by name; none of one that fails.
 *
 * @param pipelines such as `{ disks: "Get-CimInstance Win32_DiskDrive | Select-Object Model, Size" }`
 */
export async function readObjects<N extends string>(
  look: Look,
  pipelines: Readonly<Record<N, string>>,
): Promise<(name: N) => readonly PlistDict[]> {
  const script = [
    "$ErrorActionPreference = 'SilentlyContinue'",
    "[Console]::OutputEncoding = [Text.Encoding]::UTF8",
    "$all = @{}",
    ...Object.entries(pipelines).map(([name, pipeline]) => `$all['${name}'] = @(${pipeline})`),
    "ConvertTo-Json -InputObject $all -Depth 4 -Compress",
  ].join("; ");
  const printed = await look.run(
    powershell,
    ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", script],
    limits,
  );
  const told = parseObjects(printed?.text ?? "");
  return (name) => told[name] ?? [];
}

/** Members that are null are left out; what is no JSON is nothing. */
function parseObjects(printed: string): Readonly<Record<string, readonly PlistDict[]>> {
  let all: unknown;
  try {
    all = JSON.parse(printed.replace(/^\uFEFF/, ""), (_, value: unknown) => value ?? undefined);
  } catch {
    return Object.create(null);
  }
  if (typeof all !== "object" || all === null) return Object.create(null);
  const told: Record<string, readonly PlistDict[]> = Object.create(null);
  // JSON holds no other values than property lists do.
  for (const [name, items] of Object.entries(all))
    told[name] = (Array.isArray(items) ? items : []).filter(isDict);
  return told;
}
