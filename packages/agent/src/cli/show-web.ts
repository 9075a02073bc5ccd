/**
 * `rollcall-agent show --web [FILE]`: everything that there is to see of this device on one page, for its caller alone:
 * what is sent, what was and what the server signed for, consent and how to change it, who looked.
 */
import { closeSync, constants, openSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type ExitCode, exitCodes, whyNotOwn } from "@rollcall/host";
import { type LookupsAnswer, sectionNamed } from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";
import { newParts, readAgreed } from "../consent/agreed.ts";
import { readHistory } from "../consent/history.ts";
import { consentNow } from "../consent/left-withdrawals.ts";
import { StateDirectory } from "../state/directory.ts";
import { readInstallation } from "../state/enrolled-state.ts";
import type { Installation } from "../state/files.ts";
import { readLog } from "../state/log.ts";
import { basisInWords, newsInWords } from "./consent-list.ts";
import type { Context } from "./context.ts";
import { documentPage } from "./document-page.ts";
import { marksInWords } from "./document-view.ts";
import { wantedSections } from "./looking.ts";
import { askOwn } from "./own-server.ts";
import { type Html, html, page, tableOf } from "./page.ts";
import { sentSections } from "./show-sent.ts";
import { fateOf, shownOf, whyOf } from "./shown.ts";

const usualFile = "rollcall-agent.html";

export async function showWebCommand(
  context: Context,
  {
    file = usualFile,
    sections,
    all,
  }: { file?: string | undefined; sections: readonly string[]; all: boolean },
): Promise<ExitCode> {
  const { output, now } = context;
  const path = resolve(file);
  refuseOpenFolder(path);
  const directory = new StateDirectory(context.stateDirectory);
  const installation = readInstallation(directory);
  const parts = [
    html`<p class="quiet">Made ${new Date(now()).toISOString()} by rollcall-agent. This page holds what this device tells; it is readable by the account alone that made it.</p>`,
    ...(installation ? [aboutWhom(installation), ...consentParts(directory, installation)] : [notEnrolled]),
    await sectionParts(context, sections, all),
    ...(installation ? [sentPart(directory), await lookupsPart(context)] : []),
    logPart(directory),
  ];
  keep(path, page("What this device tells", parts));
  output.json({ file: path });
  output.line(`Everything that there is to see is in ${path}; open it in a browser.`);
  return exitCodes.done;
}

/** Where others can put files in the place of this one, it would be theirs. */
function refuseOpenFolder(path: string): void {
  const why = whyNotOwn(dirname(path));
  if (why !== null) throw new AgentError("failed", why);
}

/** A new file for its writer alone: nothing that is there is written over, and no link is followed. */
function keep(path: string, text: string): void {
  try {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
    const descriptor = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      writeFileSync(descriptor, text);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError("failed", `${path} cannot be written: ${reason}`, cause);
  }
}

const notEnrolled = html`<p>This device is not enrolled: nothing is sent. Below stands what would be.</p>`;

function aboutWhom({ organisation, ownership, url, installation }: Installation): Html {
  const { name, contact } = organisation;
  const who = name === "" ? "The organisation that runs the server" : name;
  return html`<p>${who}${contact === "" ? "" : ` (${contact})`} collects what is granted below from this ${ownership === "personal" ? "personal device" : "device of the organisation"}. Server <code>${url}</code>, installation <code>${installation}</code>.</p>`;
}

function consentParts(directory: StateDirectory, installation: Installation): readonly Html[] {
  const { grants } = consentNow(directory, installation);
  const news = newsInWords(newParts(readAgreed(directory), grants));
  const rows = grants.map(({ category, level, purposes, basis, by, at }) => [
    category + (level ? ` (${level})` : ""),
    purposes.join(", "),
    basisInWords(basis),
    by,
    at,
  ]);
  const history = readHistory(directory).map(({ at, did, category, purposes, by }) => [
    at,
    did,
    category,
    purposes.join(", "),
    by,
  ]);
  return [
    html`<h2>Consent</h2>${tableOf(["category", "purposes", "basis", "by", "since"], rows, "Nothing is granted.")}
<p>To grant more: <code>rollcall-agent consent grant LIST</code>. To take back: <code>rollcall-agent consent withdraw LIST</code>; what was collected of it is deleted. To see or delete what the server stores: <code>rollcall-agent my export</code>, <code>rollcall-agent my delete</code>.</p>
${news.map((words) => html`<p>${words}</p>`)}
<details><summary>Every grant and withdrawal</summary>${tableOf(["at", "what", "category", "purposes", "by"], history, "None.")}</details>`,
  ];
}

async function sectionParts(context: Context, names: readonly string[], all: boolean): Promise<Html> {
  const shown = await shownOf(context, wantedSections(names), all);
  const sections = shown.map(
    ({
      definition,
      section,
      diagnostics,
    }) => html`<details><summary>${definition.title} <span class="quiet">${definition.name} · ${section.status} · ${section.category}; ${fateOf(section)}</span></summary>
<p class="quiet">${whyOf(section)}; kept ${definition.retentionDays} days after it was superseded.</p>
${documentPage(definition, section.document)}${diagnostics.map((words) => html`<p class="quiet">note: ${words}</p>`)}</details>
`,
  );
  return html`<h2>What is on this device</h2><p class="quiet">${marksInWords}</p>${sections}`;
}

function sentPart(directory: StateDirectory): Html {
  const sections = Object.entries(sentSections(directory)).flatMap(
    ([name, { document, receipt, status }]) => {
      const definition = sectionNamed(name);
      if (!definition) return [];
      const signed = receipt
        ? `acknowledged ${receipt.at}, check-in ${receipt.counter}, signed ${receipt.signature}`
        : "acknowledged; its receipt was not kept";
      return [
        html`<details><summary>${definition.title} <span class="quiet">${name} · ${status} · ${signed}</span></summary>${documentPage(definition, document)}</details>
`,
      ];
    },
  );
  return html`<h2>What was sent</h2>${sections.length > 0 ? sections : html`<p>Nothing was acknowledged yet.</p>`}`;
}

/** null where the server is not reached or refuses. */
async function lookups(context: Context): Promise<LookupsAnswer["items"] | null> {
  try {
    return (await askOwn(context, (api) => api.lookups())).items;
  } catch (error) {
    if (error instanceof AgentError) return null;
    throw error;
  }
}

async function lookupsPart(context: Context): Promise<Html> {
  const items = await lookups(context);
  const rows = items?.map(({ at, by, purpose, what, times }) => [at, by, purpose, what, times]) ?? [];
  const none = items
    ? "Nobody has looked."
    : "The server was not reached; `rollcall-agent my lookups` asks it.";
  return html`<h2>Who looked</h2>${tableOf(["at", "by", "purpose", "what", "times"], rows, none)}`;
}

function logPart(directory: StateDirectory): Html {
  const rows = readLog(directory).map(({ at, did, outcome }) => [at, did, outcome]);
  return html`<h2>What the agent did</h2>${tableOf(["at", "what", "outcome"], rows.toReversed(), "Nothing yet.")}`;
}
