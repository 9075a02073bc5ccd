/** Section `personal-software.browser-extensions`: what people added to their browsers. */
import { choice, flag, list, required, text } from "../fields.ts";
import { inHomes } from "../home-sources.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "personal-software.browser-extensions",
  title: "Browser extensions",
  schema: 1,
  category: "personal-software",
  purposes: ["inventory", "security"],
  sources: {
    linux: inHomes(
      ".mozilla/firefox",
      ".config/mozilla/firefox",
      "snap/firefox/common/.mozilla/firefox",
      ".var/app/org.mozilla.firefox",
      ".librewolf",
      ".thunderbird",
      ".config/google-chrome",
      ".config/chromium",
      ".config/microsoft-edge",
      ".config/BraveSoftware/Brave-Browser",
      ".config/vivaldi",
      ".config/opera",
      "snap/chromium/common/chromium",
      ".var/app/com.google.Chrome/config/google-chrome",
      ".var/app/org.chromium.Chromium/config/chromium",
      ".var/app/com.microsoft.Edge/config/microsoft-edge",
      ".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser",
    ),
  },
  fields: {
    extensions: list(
      {
        is: "Extensions of all people on the machine; not whose they are.",
        sensitivity: "plain",
        max: 10_000,
        key: ["browser", "id", "version"],
      },
      {
        browser: required(
          choice(
            [
              "brave",
              "chrome",
              "chromium",
              "edge",
              "firefox",
              "librewolf",
              "opera",
              "thunderbird",
              "vivaldi",
            ],
            { is: "The browser that it was added to.", sensitivity: "plain" },
          ),
        ),
        id: required(text(256, { is: "Its maker's name for it.", sensitivity: "plain" })),
        name: text(256, {
          is: "Name of the extension.",
          sensitivity: "plain",
          search: { field: "software", as: "title", words: true },
        }),
        version: required(
          text(64, {
            is: "Version of the extension.",
            sensitivity: "plain",
            search: { field: "software", as: "version", order: "semver" },
          }),
        ),
        enabled: flag({ is: "Switched on by somebody who has it.", sensitivity: "plain", own: true }),
      },
    ),
  },
});
