/** Section `logins`: who is logged in, and who mostly is. From where they come is other people's business. */
import { choice, instant, list, quantity, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "logins",
  title: "Logins",
  schema: 1,
  category: "people",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/run/systemd/sessions",
      "/run/utmp",
      "/var/run/utmp",
      "/var/log/wtmp",
      "/var/log/wtmp.1",
      "/var/lib/wtmpdb/wtmp.db",
      "/var/lib/wtmpdb/wtmp.db-wal",
      "/etc/passwd",
      "/etc/login.defs",
    ],
  },
  fields: {
    now: list(
      { is: "Who is logged in now.", sensitivity: "plain", max: 4_096, key: ["account", "kind"] },
      {
        account: required(
          text(256, {
            is: "Name of the account.",
            sensitivity: "plain",
            own: true,
            search: { field: "user", as: "term", words: true },
          }),
        ),
        kind: required(
          choice(["graphical", "console", "remote"], {
            is: "At the machine, with or without a desktop, or over a network.",
            sensitivity: "plain",
            own: true,
          }),
        ),
        since: instant({ is: "Since when, for the longest such session.", sensitivity: "plain", own: true }),
      },
    ),
    usual: list(
      { is: "Who logged in during the last 90 days.", sensitivity: "plain", max: 4_096, key: ["account"] },
      {
        account: required(text(256, { is: "Name of the account.", sensitivity: "plain", own: true })),
        days: quantity({
          is: "On how many of the days it logged in.",
          sensitivity: "plain",
          unit: "count",
          max: 91,
          own: true,
        }),
        lastDay: instant({ is: "The last of them.", sensitivity: "plain", own: true }),
      },
    ),
  },
});
