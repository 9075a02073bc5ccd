/**
 * Tells the people of this machine, not only who types, that it is enrolled: who collects what, and how to look. A
 * notice that cannot be given fails nothing that was asked for.
 */
import { printable } from "@rollcall/host";
import type { Grant } from "@rollcall/protocol";
import { showOnDesktops } from "../notices/desktop.ts";
import { removeLoginMessage, writeLoginMessage } from "../notices/login-message.ts";
import { type NoticePlaces, usualPlaces } from "../notices/places.ts";
import type { Installation } from "../state/files.ts";
import type { Context } from "./context.ts";

type Told = Pick<Context, "stateDirectory" | "noticesOf"> & {
  readonly output: Pick<Context["output"], "note">;
};

export async function tellOfEnrolment(
  context: Told,
  installation: Installation,
  grants: readonly Grant[],
): Promise<void> {
  tellAtLogin(context, installation, grants);
  const places = placesOf(context);
  const [text = "", ...how] = linesFor(installation, grants);
  if (places)
    await showOnDesktops(places, { title: "This device is enrolled", text: [text, ...how].join(" ") });
}

/** What everybody who logs in is told; called again when it is something else. */
export function tellAtLogin(context: Told, installation: Installation, grants: readonly Grant[]): void {
  const places = placesOf(context);
  if (places) attempt(context, () => writeLoginMessage(places, linesFor(installation, grants)));
}

export function tellNoMore(context: Told): void {
  const places = placesOf(context);
  if (places) attempt(context, () => removeLoginMessage(places));
}

function placesOf({ noticesOf, stateDirectory }: Told): NoticePlaces | null {
  const places = noticesOf(stateDirectory);
  return places === "usual" ? usualPlaces : places;
}

function attempt({ output }: Told, work: () => void): void {
  try {
    work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    output.note(`the login message is as it was: ${reason}`);
  }
}

function linesFor({ organisation }: Installation, grants: readonly Grant[]): readonly string[] {
  const { name, contact } = organisation;
  const who = `${name === "" ? "the organisation that runs its server" : name}${contact === "" ? "" : ` (${contact})`}`;
  const what = [...new Set(grants.map(({ category }) => category))].join(", ");
  return [
    inOneLine(`Rollcall: ${who} collects of this device: ${what}.`),
    "`rollcall-agent show` shows it, `rollcall-agent consent` tells on which basis and how to withdraw.",
  ];
}

/** The names are the server's words. */
const inOneLine = (text: string): string => printable(text).replaceAll(/\s+/g, " ");
