/** A notice on the desktop of everybody who sits at the machine now; where there is none, nothing is started. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { NoticePlaces } from "./places.ts";

export interface Notice {
  readonly title: string;
  readonly text: string;
}

const mostPeople = 8;
const patience = 3_000;

/** Numbers of the accounts with a graphical session. */
export function peopleAtDesktops({ sessions, users }: NoticePlaces): readonly number[] {
  const people = filesIn(sessions).flatMap((text) => {
    const fact = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1];
    const uid = Number(fact("UID"));
    const isGraphical = /^(x11|wayland|mir)$/.test(fact("TYPE") ?? "") && fact("CLASS") !== "greeter";
    return isGraphical && Number.isSafeInteger(uid) && existsSync(busOf(users, uid)) ? [uid] : [];
  });
  return [...new Set(people)].slice(0, mostPeople);
}

const busOf = (users: string, uid: number): string => join(users, String(uid), "bus");

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const file = join(folder, name);
      // Beside them lie the pipes by which sessions end.
      return statSync(file).isFile() ? [readFileSync(file, "utf8")] : [];
    });
  } catch {
    return [];
  }
}

/** Shows it to each; what does not work is not waited for, and costs nothing else. */
export async function showOnDesktops(places: NoticePlaces, notice: Notice): Promise<void> {
  if (!existsSync(places.notifier)) return;
  await Promise.all(peopleAtDesktops(places).map((uid) => show(places, uid, notice)));
}

/** As the person, with nothing of the agent's own in reach. */
function show({ notifier, users }: NoticePlaces, uid: number, { title, text }: Notice): Promise<void> {
  return new Promise((resolve) => {
    const home = join(users, String(uid));
    const isOther = process.getuid?.() !== uid;
    const child = spawn(notifier, ["--app-name=Rollcall", "--", title, asMarkup(text)], {
      cwd: "/",
      env: {
        PATH: "/usr/bin:/bin",
        XDG_RUNTIME_DIR: home,
        DBUS_SESSION_BUS_ADDRESS: `unix:path=${busOf(users, uid)}`,
      },
      stdio: "ignore",
      ...(isOther ? { uid, gid: statSync(home).gid } : {}),
    });
    const limit = setTimeout(() => child.kill("SIGKILL"), patience);
    const end = () => {
      clearTimeout(limit);
      resolve();
    };
    child.on("error", end).on("close", end);
  });
}

/** The text of a notice may hold markup (Desktop Notifications Specification). */
const asMarkup = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
