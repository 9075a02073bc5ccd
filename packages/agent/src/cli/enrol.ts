/** `rollcall-agent enrol`: lets this device in, and tells the person there who collects what from now on. */
import { readFileSync } from "node:fs";
import { type ExitCode, exitCodes } from "@rollcall/host";
import {
  type Application,
  applicationSchema,
  categoryDefinition,
  type Enrolment,
  readEnrolmentString,
} from "@rollcall/protocol";
import { AgentError, isAgentError } from "../agent-error.ts";
import { Exchange } from "../check-in/exchange.ts";
import { changeConsent, isPending } from "../consent/apply.ts";
import { grant } from "../consent/change.ts";
import { giverOf } from "../consent/giver.ts";
import { readRecipient, withRecipient } from "../consent/recipient.ts";
import { readTypedList, type TypedWish } from "../consent/typed-list.ts";
import { enrol } from "../enrolment/enrol.ts";
import { receiptsOf } from "../enrolment/leave.ts";
import { StateDirectory } from "../state/directory.ts";
import { type EnrolledState, readEnrolledState, readInstallation } from "../state/enrolled-state.ts";
import {
  type Consent,
  consentFile,
  type Installation,
  installationFile,
  scheduleFile,
} from "../state/files.ts";
import { keepReceipts } from "../state/kept-receipts.ts";
import { withLock } from "../state/lock.ts";
import { readAddress } from "../transport/address.ts";
import { type Connection, withConnection } from "../transport/connection.ts";
import { ServerApi } from "../transport/server-api.ts";
import { Session } from "../transport/session.ts";
import { whyNot } from "./consent.ts";
import type { Context } from "./context.ts";
import { recorded } from "./recorded.ts";
import { tellOfEnrolment } from "./tell-people.ts";

interface EnrolFlags {
  readonly application: readonly string[];
  readonly grant?: string;
  readonly geolocate?: string;
  readonly insecureLoopback?: true;
}

export function enrolCommand(context: Context, typed: string, flags: EnrolFlags): Promise<ExitCode> {
  return recorded(
    context,
    "enrol",
    () => enrolTyped(context, typed, flags),
    () => "enrolled",
  );
}

async function enrolTyped(context: Context, typed: string, flags: EnrolFlags): Promise<ExitCode> {
  const applications = flags.application.map(readApplication);
  const wishes = flags.grant === undefined ? [] : readTypedList(flags.grant);
  const recipient = flags.geolocate === undefined ? null : readRecipient(flags.geolocate);
  const enrolment = await readEnrolment(context, typed);
  const directory = new StateDirectory(context.stateDirectory);
  directory.create();
  return withLock(directory, async () => {
    const before = readInstallation(directory);
    if (before && !wasDeleted(directory)) return alreadyEnrolled(context, before, enrolment);
    // With it goes its key: what enrols now is another installation.
    if (before) {
      keepReceipts(directory, before, receiptsOf(directory));
      directory.remove(installationFile);
    }
    const insecureLoopback = flags.insecureLoopback === true;
    const address = readAddress(enrolment.url, { insecureLoopback, ca: enrolment.ca });
    const installation = await withConnection(address, {}, async (connection) => {
      const { platform, osVersion, agentVersion, now, random } = context;
      const os = { type: platform, version: osVersion };
      const api = new ServerApi(connection, enrolment.server);
      const options = { directory, enrolment, insecureLoopback, applications, os, agentVersion, now, random };
      const enrolled = await enrol(options, api);
      if (wishes.length > 0 || recipient !== null)
        await grantWishes(context, directory, { wishes, recipient }, connection);
      return enrolled;
    });
    const consent = directory.demand(consentFile);
    tell(context, installation, consent);
    await tellOfEnrolment(context, installation, consent.grants);
    return exitCodes.done;
  });
}

/** Whether the server has said that it deleted this installation. */
const wasDeleted = (directory: StateDirectory): boolean => directory.read(scheduleFile)?.ended === "deleted";

/** `NUMBER` or `NUMBER@VERSION`. */
function readApplication(typed: string): Application {
  const [number, version = "unknown"] = typed.split("@", 2);
  const result = applicationSchema.safeParse({ number, version });
  if (result.success) return result.data;
  throw new AgentError("usage", `--application takes NUMBER or NUMBER@VERSION, not ${typed}`);
}

async function readEnrolment(context: Context, typed: string): Promise<Enrolment> {
  const read = readEnrolmentString(await textOf(context, typed));
  if ("error" in read) throw new AgentError("usage", read.detail);
  return read;
}

async function textOf({ readInput }: Context, typed: string): Promise<string> {
  if (typed === "-") return readInput();
  if (!typed.startsWith("@")) return typed;
  try {
    return readFileSync(typed.slice(1), "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError("failed", `the enrolment string cannot be read: ${reason}`, cause);
  }
}

function alreadyEnrolled({ output }: Context, before: Installation, { server }: Enrolment): ExitCode {
  if (before.server !== server) {
    throw new AgentError(
      "failed",
      `this device is enrolled with another server already, ${before.url}; use another state directory for this one`,
    );
  }
  output.json({ ...identityOf(before), alreadyEnrolled: true });
  output.line(`Already enrolled with this server, as ${before.installation}.`);
  return exitCodes.done;
}

/** Grants more than the token did. A server that goes away in between gets it with the next check-in. */
async function grantWishes(
  context: Context,
  directory: StateDirectory,
  { wishes, recipient }: { readonly wishes: readonly TypedWish[]; readonly recipient: string | null },
  connection: Connection,
): Promise<void> {
  const { output, now, random, agentVersion } = context;
  const state = readEnrolledState(directory, { now: now(), random });
  const { policy, server, installation } = state.installation.value;
  const giver = giverOf(context, policy);
  const { grants, changed, leftOut } = grant(
    state.consent.value.grants,
    wishes,
    state.installation.value,
    giver,
  );
  for (const name of leftOut)
    output.note(`${name} is not granted: ${whyNot("grant", name, state.installation.value)}`);
  if (changed.length > 0) changeConsent(state, grants, giver);
  if (recipient !== null) nameRecipient(context, state, recipient);
  if (!isPending(state.consent.value)) return;
  const api = new ServerApi(connection, server);
  const session = new Session(directory, api, installation);
  try {
    await new Exchange({
      directory,
      state,
      api,
      session,
      now,
      agentVersion,
      note: output.note,
    }).sendPendingConsent();
  } catch (error) {
    if (!isAgentError(error, "not-reached", "asked-to-wait")) throw error;
    output.note(`${error.message}; the grants are sent with the next check-in`);
  }
}

/** The device is enrolled by now: a recipient that is in vain is said, and nothing fails. */
function nameRecipient(context: Context, state: EnrolledState, recipient: string): void {
  const { ownership, policy } = state.installation.value;
  try {
    const giver = giverOf(context, policy);
    changeConsent(state, withRecipient(state.consent.value.grants, recipient, ownership, giver), giver);
  } catch (error) {
    if (!isAgentError(error, "failed")) throw error;
    context.output.note(`${recipient} is not asked: ${error.message}`);
  }
}

const identityOf = ({ installation, device, url, ownership, organisation }: Installation) => ({
  installationId: installation,
  deviceId: device,
  server: url,
  ownership,
  organisation,
});

function tell({ output }: Context, installation: Installation, { consentNumber, grants }: Consent): void {
  output.json({
    ...identityOf(installation),
    consentNumber,
    grants,
    asks: installation.asks,
    alreadyEnrolled: false,
  });
  const { organisation, ownership, asks } = installation;
  const who = organisation.name === "" ? "the organisation that runs the server" : organisation.name;
  const contact = organisation.contact === "" ? "" : ` (${organisation.contact})`;
  const whose = ownership === "personal" ? "a personal device" : "the organisation's device";
  output.line(`Enrolled as ${installation.installation}, ${whose}.`);
  output.line(`From now on ${who}${contact} collects:`);
  output.table(grants, [
    { title: "CATEGORY", value: ({ category }) => category },
    { title: "HOLDS", value: ({ category }) => categoryDefinition(category).holds },
    { title: "PURPOSES", value: ({ purposes }) => purposes.join(", ") },
    { title: "BASIS", value: ({ basis }) => basis.replaceAll("-", " ") },
  ]);
  const asked = asks.filter(({ category }) => !grants.some((given) => given.category === category));
  if (asked.length > 0)
    output.line(
      `It also asks for ${asked.map(({ category }) => category).join(", ")}, which is yours to grant or not: \`rollcall-agent consent grant LIST\`.`,
    );
  output.line(
    "`rollcall-agent show` shows what is sent, `rollcall-agent consent` how to grant and withdraw.",
  );
}
