/** `rollcall-agent consent`: what is granted, on which basis, on whose word, what is new, and what happened before. */
import { type ExitCode, exitCodes } from "@rollcall/host";
import { type Category, categoryDefinition, categoryNames, type Grant } from "@rollcall/protocol";
import { type NewPart, newParts, readAgreed } from "../consent/agreed.ts";
import { isPending } from "../consent/apply.ts";
import { type HistoryEntry, readHistory } from "../consent/history.ts";
import { consentNow } from "../consent/left-withdrawals.ts";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation } from "../state/enrolled-state.ts";
import type { Consent, Installation } from "../state/files.ts";
import type { Context } from "./context.ts";

export function listConsent(context: Context): ExitCode {
  const directory = new StateDirectory(context.stateDirectory);
  const installation = demandInstallation(directory);
  const consent = consentNow(directory, installation);
  const news = newParts(readAgreed(directory), consent.grants);
  context.output.json({ ...asJson(installation, consent), new: news });
  tell(context, installation, consent, news);
  return exitCodes.done;
}

/** Every grant and withdrawal, oldest first. */
export function consentHistory({ stateDirectory, output }: Context): ExitCode {
  const directory = new StateDirectory(stateDirectory);
  demandInstallation(directory);
  const items = readHistory(directory);
  output.json({ items });
  const levelled = ({ category, level }: HistoryEntry) => (level ? `${category}=${level}` : category);
  output.table(items, [
    { title: "AT", value: ({ at }) => at },
    { title: "WHAT", value: ({ did }) => did },
    { title: "CATEGORY", value: levelled },
    { title: "PURPOSES", value: ({ purposes }) => purposes.join(", ") },
    { title: "BASIS", value: ({ basis }) => basisInWords(basis) },
    { title: "BY", value: ({ by }) => by },
    { title: "ASKED", value: ({ interactive }) => (interactive ? "in person" : "no") },
    { title: "POLICY", value: ({ policyDigest }) => policyDigest.slice(0, 8) },
  ]);
  return exitCodes.done;
}

export const basisInWords = (basis: string | null): string => (basis ?? "consent").replaceAll("-", " ");

export const asJson = ({ ownership, asks }: Installation, consent: Consent) => ({
  consentNumber: consent.consentNumber,
  pending: isPending(consent),
  ownership,
  grants: consent.grants,
  asks,
});

export function tellPending({ output }: Context, consent: Consent): void {
  if (isPending(consent))
    output.line("The change is in force here and goes to the server with the next check-in.");
}

/** What a newer catalogue holds of what is granted, in words; none where nothing is new. */
export function newsInWords(news: readonly NewPart[]): readonly string[] {
  const named = ({ section, fields }: NewPart) => (fields ? `${section} (${fields.join(", ")})` : section);
  const line = (isAsked: boolean, words: string): string[] => {
    const parts = news.filter((part) => part.isAsked === isAsked);
    const categories = [...new Set(parts.map(({ category }) => category))].join(",");
    return parts.length > 0
      ? [
          `${words}: ${parts.map(named).join(", ")}. \`rollcall-agent consent grant ${categories}\` ${isAsked ? "agrees" : "takes note"}.`,
        ]
      : [];
  };
  return [
    ...line(true, "New since you agreed, and not collected until you agree again"),
    ...line(false, "New since this was told, and collected on the organisation's basis"),
  ];
}

function tellNews({ output }: Context, news: readonly NewPart[]): void {
  for (const words of newsInWords(news)) output.line(output.colour.yellow(words));
}

function tell(
  context: Context,
  installation: Installation,
  consent: Consent,
  news: readonly NewPart[],
): void {
  const { output } = context;
  const { grants } = consent;
  const rows = categoryNames.flatMap((name): Row[] => {
    const given = grants.filter(({ category }) => category === name);
    return given.length > 0 ? given.map((each) => ({ name, given: each })) : [{ name }];
  });
  const asked = new Set(installation.asks.map(({ category }) => category));
  output.table(rows, [
    { title: "CATEGORY", value: ({ name }) => name },
    { title: "GRANTED", value: ({ name, given }) => granted(given, asked.has(name)) },
    { title: "PURPOSES", value: ({ given }) => given?.purposes.join(", ") },
    { title: "BASIS", value: ({ given }) => given && basisInWords(given.basis) },
    { title: "BY", value: ({ given }) => given?.by },
    { title: "SINCE", value: ({ given }) => given?.at.slice(0, 10) },
    { title: "HOLDS", value: ({ name }) => categoryDefinition(name).holds },
  ]);
  tellPending(context, consent);
  tellNews(context, news);
  if (grants.some(({ policyDigest }) => policyDigest !== installation.policy.digest))
    output.line("The privacy policy has changed since some of this was granted.");
}

interface Row {
  readonly name: Category;
  readonly given?: Grant;
}

function granted(given: Grant | undefined, isAsked: boolean): string {
  if (given) return given.level ?? "yes";
  return isAsked ? "no, asked for" : "no";
}
