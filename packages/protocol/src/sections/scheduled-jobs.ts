/** Section `scheduled-jobs`: what the machine does by the clock, by name and time; never what is run. */
import { choice, flag, list, quantity, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "scheduled-jobs",
  title: "Scheduled jobs",
  schema: 1,
  category: "system",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/etc/crontab",
      "/etc/cron.d",
      "/etc/cron.hourly",
      "/etc/cron.daily",
      "/etc/cron.weekly",
      "/etc/cron.monthly",
      "/etc/cron.yearly",
      "/etc/periodic",
      "/etc/anacrontab",
      "/etc/crontabs",
      "/var/spool/cron",
      "/etc/debian_version",
      "/etc/systemd/system",
      "/run/systemd/system",
      "/usr/local/lib/systemd/system",
      "/usr/lib/systemd/system",
      "/lib/systemd/system",
      "/lib",
      "/etc/passwd",
      "/etc/login.defs",
    ],
  },
  fields: {
    jobs: list(
      {
        is: "Jobs of the machine; what persons have scheduled for themselves is not looked at.",
        sensitivity: "plain",
        max: 4_096,
        key: ["source", "name", "schedule"],
        own: true,
      },
      {
        source: required(
          choice(["cron", "cron-folder", "anacron", "crontab", "timer"], {
            is: "What starts it: a line of the system's tables, a script in a folder, anacron, an account's table, a timer of systemd.",
            sensitivity: "plain",
          }),
        ),
        name: required(
          text(256, {
            is: "Name of the table, script or timer, or the account.",
            sensitivity: "plain",
            search: { field: "job", as: "term" },
          }),
        ),
        schedule: required(text(512, { is: "When, as its source writes it.", sensitivity: "plain" })),
        jobs: quantity({
          is: "How many jobs of this name have this time, where it is not one.",
          sensitivity: "plain",
          unit: "count",
          max: 100_000,
        }),
        account: text(256, {
          is: "Account it runs as, where that is the system's own.",
          sensitivity: "plain",
        }),
        enabled: flag({ is: "Whether a timer is started with the machine.", sensitivity: "plain" }),
      },
    ),
  },
});
