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
  consent: z.object({ grants: z.array(z.looseObject({ category: z.string(), by: z.string() })) }),
});

const GiB = 2 ** 30;

export interface Where {
  readonly url: string;
  /** Whether other machines reach it there. */
  readonly open: boolean;
  readonly data: string;
  /** What the commands have to be told to find this directory; empty where they find it by themselves. */
  readonly flags: { readonly server: string; readonly agent: string };
}

/** Where the server no longer takes check-ins of this machine: it goes on all the same, and says so. */
export function endedLines(ended: "deleted" | "retired", where: Where): string[] {
  const { server, agent } = where.flags;
  const back =
    ended === "retired"
      ? `  npx rollcall device retire NAME --undo${server}     takes that back`
      : `  npx rollcall enrolment-token create --local --ownership personal${server}     for npx rollcall-agent enrol STRING${agent}`;
  return [
    "",
    runsOn(where),
    `This machine was ${ended} on the server, and checks in no more.`,
    "",
    "Try next, in another terminal:",
    `  npx rollcall devices${server}`,
    back,
    ...forOthers(where),
    "Ctrl-C ends the server and the agent.",
    "",
  ];
}

const runsOn = ({ url, data }: Where): string => `Rollcall runs on ${url}; its data is in ${data}.`;

const forOthers = ({ open, flags }: Where): string[] =>
  open
    ? [
        `  npx rollcall enrolment-token create${flags.server}     lets another machine in: rollcall-agent enrol STRING`,
      ]
    : [];

export function summaryLines(device: unknown, where: Where): string[] {
  const { flags } = where;
  const { id, hostname, manufacturer, model, os, sections, consent } = recorded.parse(device);
  // A token's grants name its maker as the server does, `os:NAME`.
  const givers = [...new Set(consent.grants.map(({ by }) => by.replace(/^os:/, "")))].join(", ");
  const granted = `Granted by ${givers}: ${[...new Set(consent.grants.map(({ category }) => category))].join(", ")}.`;
  const of = (name: string, field: string): unknown => sections[name]?.document?.[field];
  const list = (name: string, field: string): readonly unknown[] => {
    const value = of(name, field);
    return Array.isArray(value) ? value : [];
  };
  const isThere = (name: string) => sections[name]?.document !== undefined;
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  const software = Object.keys(sections).filter((name) => name.startsWith("software.") && isThere(name));
  const packages = software.reduce((sum, name) => sum + list(name, "packages").length, 0);
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
    ["cores", [of("processor", "cores"), of("processor", "threads")].filter(Boolean).join(", threads: ")],
    ["memory", isThere("memory") ? `${(number(of("memory", "total")) / GiB).toFixed(1)} GiB` : ""],
    ["disks", isThere("storage") ? String(list("storage", "disks").length) : ""],
    ["interfaces", isThere("network") ? String(list("network", "interfaces").length) : ""],
    ["software", software.length > 0 ? `${packages} packages` : ""],
  ];
  const told = facts
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `  ${name.padEnd(11)}${value}`);
  const statuses = Object.entries(sections).map(([name, { status }]) =>
    status === "ok" ? name : `${name} (${status})`,
  );
  return [
    "",
    runsOn(where),
    `This machine is enrolled as a personal device and has checked in. ${granted} Recorded:`,
    ...told,
    `  sections   ${statuses.join(", ")}`,
    "",
    "Try next, in another terminal:",
    `  npx rollcall devices${flags.server}`,
    `  npx rollcall device ${hostname ?? id}${flags.server}`,
    `  npx rollcall software openssl${flags.server}`,
    `  npx rollcall-agent show${flags.agent}          what is sent, and under which category`,
    `  npx rollcall-agent consent${flags.agent}       what was granted, by whom, and how to withdraw it`,
    ...forOthers(where),
    "Ctrl-C ends the server and the agent.",
    "",
  ];
}

function modelOf(item: unknown): string {
  const model: unknown = typeof item === "object" && item !== null ? Reflect.get(item, "model") : undefined;
  return typeof model === "string" ? model : "";
}
