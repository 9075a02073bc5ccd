/** Section `proxies`: through what the machine as a whole reaches others, without anybody's password. */
import { choice, list, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "proxies",
  title: "Proxies",
  schema: 1,
  category: "network",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/etc/environment",
      "/etc/apt/apt.conf",
      "/etc/apt/apt.conf.d",
      "/etc/dnf/dnf.conf",
      "/etc/yum.conf",
    ],
  },
  fields: {
    proxies: list(
      { is: "Proxies for the whole machine.", sensitivity: "plain", max: 32, key: ["source", "scheme"] },
      {
        source: required(
          choice(["environment", "apt", "dnf"], { is: "For whom it is set.", sensitivity: "plain" }),
        ),
        scheme: required(
          choice(["http", "https", "ftp", "all"], { is: "What goes through it.", sensitivity: "plain" }),
        ),
        address: text(300, {
          is: "Address of the proxy, without name and password.",
          sensitivity: "plain",
          own: true,
        }),
      },
    ),
  },
});
