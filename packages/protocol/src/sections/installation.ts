/** Section `installation`: which applications check in from this installation, on what kind of system. */
import { group, list, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "installation",
  title: "Installation",
  schema: 1,
  category: "essential",
  purposes: ["inventory", "security"],
  sources: {
    linux: ["/etc/os-release", "/usr/lib/os-release", "/etc/debian_version", "the agent itself"],
    darwin: ["the agent itself"],
    win32: ["the agent itself"],
  },
  fields: {
    applications: list(
      {
        is: "The applications that check in, by application number.",
        sensitivity: "plain",
        max: 64,
        key: ["number"],
      },
      {
        number: required(
          text(64, {
            is: "Application number.",
            sensitivity: "plain",
            search: { field: "app", as: "term", words: true },
          }),
        ),
        version: text(128, { is: "Version of the application.", sensitivity: "plain" }),
        channel: text(64, {
          is: "Release channel the application follows.",
          sensitivity: "plain",
          search: { field: "channel", as: "term" },
        }),
      },
    ),
    os: group(
      { is: "The kind of operating system.", sensitivity: "plain" },
      {
        type: text(64, { is: "Type of the operating system: linux, darwin, win32.", sensitivity: "plain" }),
        version: text(128, { is: "Version of the operating system.", sensitivity: "plain" }),
      },
    ),
    agent: group(
      { is: "The agent itself.", sensitivity: "plain" },
      {
        version: text(128, {
          is: "Version of the agent.",
          sensitivity: "plain",
          search: { field: "agent", as: "term" },
        }),
      },
    ),
  },
});
