/** Section `accounts`: who can use the machine, and what as. Nothing of a password but whether there is one. */
import { choice, flag, instant, list, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "accounts",
  title: "Accounts",
  schema: 1,
  category: "people",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/etc/passwd",
      "/etc/login.defs",
      "/etc/shadow",
      "/etc/group",
      "/etc/sudoers",
      "/etc/sudoers.d",
      "/usr/etc/sudoers",
      "/etc/doas.conf",
    ],
  },
  fields: {
    accounts: list(
      { is: "Accounts kept on the machine itself.", sensitivity: "plain", max: 20_000, key: ["name"] },
      {
        name: required(
          text(256, {
            is: "Name of the account.",
            sensitivity: "plain",
            own: true,
            search: { field: "user", as: "term", words: true },
          }),
        ),
        uid: text(10, { is: "Number of the account.", sensitivity: "plain", own: true }),
        fullName: text(256, {
          is: "Name of the person, or what the account is for.",
          sensitivity: "sensitive",
          own: true,
        }),
        home: text(4_096, { is: "Home folder.", sensitivity: "plain", own: true }),
        shell: text(4_096, { is: "What is started at login.", sensitivity: "plain", own: true }),
        system: flag({
          is: "Whether it is a service's rather than a person's.",
          sensitivity: "plain",
          own: true,
        }),
        administrator: flag({
          is: "Whether it can act as the administrator: by its number, or by sudo or doas.",
          sensitivity: "plain",
          own: true,
        }),
        password: choice(["set", "locked", "empty"], {
          is: "Whether a password is set, can log in nobody, or is empty; never anything of it.",
          sensitivity: "plain",
          own: true,
        }),
        passwordChangedAt: instant({
          is: "The day on which the password was last changed.",
          sensitivity: "plain",
          own: true,
        }),
        expiresAt: instant({
          is: "The day from which the account cannot be used.",
          sensitivity: "plain",
          own: true,
        }),
      },
    ),
    groups: list(
      { is: "Groups kept on the machine itself.", sensitivity: "plain", max: 20_000, key: ["name"] },
      {
        name: required(text(256, { is: "Name of the group.", sensitivity: "plain", own: true })),
        gid: text(10, { is: "Number of the group.", sensitivity: "plain", own: true }),
        members: texts(4_096, 256, {
          is: "Accounts in the group, besides those whose first group it is.",
          sensitivity: "plain",
          own: true,
        }),
      },
    ),
  },
});
