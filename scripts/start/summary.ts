/** What `npm start` tells of the device that it has just recorded, and what to try next. */
import { z } from "zod";

const section = z.looseObject({ status: z.string(), document: z.record(z.string(), z.unknown()).optional() });
const recorded = z.looseObject({
  id: z.string(),
  hostname: z.string().nullable(),
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  os: z.object({ name: z.string().nullable(), version: z.string().nullable() }),
  sections: z.record(z.string(), section),
});

const GiB = 2 ** 30;

export function summaryLines(device: unknown, url: string, data: string): string[] {
  const { id, hostname, manufacturer, model, os, sections } = recorded.parse(device);
  const of = (name: string, field: string): unknown => sections[name]?.document?.[field];
  const list = (name: string, field: string): readonly unknown[] => {
    const value = of(name, field);
    return Array.isArray(value) ? value : [];
  };
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  const facts: readonly (readonly [string, string])[] = [
    ["device", `${hostname ?? "without a host name"} (${id})`],
    [
      "system",
      [os.name, os.version, of("operating-system", "kernel"), of("operating-system", "architecture")]
        .filter(Boolean)
        .join(" "),
    ],
    ["machine", [manufacturer, model, of("system", "virtualization")].filter(Boolean).join(" ")],
    ["processor", [...new Set(list("processor", "processors").map(modelOf))].filter(Boolean).join(", ")],
    [
      "cores",
      [of("processor", "cores"), of("processor", "threads")].filter(Boolean).join(" cores, threads: "),
    ],
    ["memory", `${(number(of("memory", "total")) / GiB).toFixed(1)} GiB`],
    ["disks", String(list("storage", "disks").length)],
    ["interfaces", String(list("network", "interfaces").length)],
    [
      "software",
      `${Object.entries(sections).reduce((sum, [name]) => sum + (name.startsWith("software.") ? list(name, "packages").length : 0), 0)} packages`,
    ],
  ];
  const told = facts
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `  ${name.padEnd(11)}${value}`);
  const statuses = Object.entries(sections).map(([name, { status }]) =>
    status === "ok" ? name : `${name} (${status})`,
  );
  return [
    "",
    `Rollcall runs on ${url}; its data is in ${data}.`,
    "This machine is enrolled and has checked in. Recorded:",
    ...told,
    `  sections   ${statuses.join(", ")}`,
    "",
    "Try next, in another terminal:",
    "  npx rollcall devices",
    `  npx rollcall device ${hostname ?? id}`,
    "  npx rollcall software openssl",
    "  npx rollcall-agent show          what is sent, and under which category",
    "  npx rollcall-agent consent       what was granted, and how to withdraw it",
    "Ctrl-C ends the server and the agent.",
    "",
  ];
}

function modelOf(item: unknown): string {
  const model: unknown = typeof item === "object" && item !== null ? Reflect.get(item, "model") : undefined;
  return typeof model === "string" ? model : "";
}
