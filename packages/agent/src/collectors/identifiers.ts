/**
 * Collector of section `identifiers`: the machine id as one server alone can recognise it. The id itself never
 * leaves this file, and what does is no id of anything: two devices may have the same (a cloned image).
 */
import { createHash, createHmac } from "node:crypto";
import type { agentApplication } from "@rollcall/protocol";
import { type AgentFacts, type Collected, defineCollector, type Look } from "../collecting/collector.ts";

/** machine-id(5), and where D-Bus keeps its own on systems without the first. */
const machineIdFiles = ["/etc/machine-id", "/var/lib/dbus/machine-id"] as const;

const application: typeof agentApplication = "rollcall-agent";

export const collector = defineCollector({
  section: "identifiers",
  platforms: {
    linux: {
      reads: machineIdFiles,
      collect: (look, facts) => identifiers(machineIdIn(look), look, facts),
    },
    darwin: { reads: [], collect: async (look, facts) => identifiers(await systemsId(look), look, facts) },
    win32: { reads: [], collect: async (look, facts) => identifiers(await systemsId(look), look, facts) },
  },
});

/** Before enrolment there is nobody for whom it could be made. */
function identifiers(
  machineId: string | undefined,
  look: Look,
  { server }: AgentFacts,
): Collected<{ machine: string }> {
  if (machineId === undefined) return { nothing: "none" };
  if (server !== null) return { document: { machine: machineHint(machineId, server) } };
  look.note("there is a machine id; what is sent is made from it and the server's id, once that is known");
  return { nothing: "none" };
}

/**
 * HMAC-SHA-256 in base64url (43 characters). Message: the 32 hexadecimal digits in lower case, as ASCII. Key: the 32
 * bytes of SHA-256 over the application number, a line feed, and the server's id as it stands in
 * `GET /v1/server`; neither can hold a line feed.
 */
export function machineHint(machineId: string, server: string): string {
  const key = createHash("sha256").update(`${application}\n${server}`).digest();
  return createHmac("sha256", key).update(machineId).digest("base64url");
}

function machineIdIn(look: Look): string | undefined {
  for (const file of machineIdFiles) {
    const machineId = parseMachineId(look.text(file) ?? "");
    if (machineId !== undefined) return machineId;
  }
  return undefined;
}

/** 32 digits and nothing else: not `uninitialized`, not a host name, not one digit over and over. */
export function parseMachineId(text: string): string | undefined {
  const [id] = /^[0-9a-f]{32}$/.exec(text.replace(/\n$/, "")) ?? [];
  return id === undefined || new Set(id).size === 1 ? undefined : id;
}

/** The same of a UUID, in upper case or lower, with the dashes of macOS and Windows or without. */
export function parseMachineUuid(text: string): string | undefined {
  const isUuid = /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(text.trim());
  return isUuid ? parseMachineId(text.trim().toLowerCase().replaceAll("-", "")) : undefined;
}

/** IOPlatformUUID, MachineGuid. Loaded here only, for it starts a child process on every platform. */
async function systemsId(look: Look): Promise<string | undefined> {
  if (!look.live) return undefined;
  const { default: nodeMachineId } = await import("node-machine-id");
  return parseMachineUuid(nodeMachineId.machineIdSync(true));
}
