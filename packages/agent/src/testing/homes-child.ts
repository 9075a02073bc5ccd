/** A process that looks at a home with collectors that tell who they are, read what they should not, or hang. */
import { readFileSync } from "node:fs";
import type { AnyCollector } from "../collecting/run-collector.ts";
import { serveTask } from "../collecting/serve-task.ts";

type Collect = NonNullable<AnyCollector["platforms"]["linux"]>["collect"];

const collects: Readonly<Record<string, Collect>> = {
  "personal-software.browser-extensions": (home) => {
    const text = home.text("~/.mozilla/list");
    if (text === undefined) return { nothing: "none" };
    if (text === "hang") for (;;);
    const [name = "", enabled = ""] = text.split(" ");
    const extension = { browser: "firefox", id: name, version: "1", enabled: enabled === "on" };
    return { document: { extensions: [extension] } };
  },
  "personal-software.editor-extensions": () => {
    const { getuid, getgid, getgroups } = process;
    const ids = [getuid?.(), getgid?.(), ...(getgroups?.() ?? [])].join();
    let regained = "";
    try {
      process.setuid?.(0);
      regained = "root again";
    } catch {
      regained = readable("/etc/shadow") ? "reads what is root's" : "itself alone";
    }
    const environment = ["HOME", "PATH", "OF_THE_AGENT"].filter((name) => name in process.env).join();
    return { document: { extensions: [{ ids, regained, environment, folder: process.cwd() }] } };
  },
};

function readable(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

serveTask(
  Object.entries(collects).map(([section, collect]) => ({
    section,
    platforms: { linux: { homes: ["~/.mozilla"], collect } },
  })),
);
