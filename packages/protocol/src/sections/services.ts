/** Section `services`: what the machine starts by itself, how, and what of it failed. */
import { choice, list, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "services",
  title: "Services",
  schema: 1,
  category: "system",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/etc/systemd/system",
      "/run/systemd/system",
      "/usr/local/lib/systemd/system",
      "/usr/lib/systemd",
      "/lib/systemd",
      "/lib",
      "/etc/inittab",
      "/etc/init.d",
      "/etc/runlevels",
      "/run/openrc",
      "/etc/rcS.d",
      "/etc/rc2.d",
      "/etc/rc3.d",
      "/etc/rc5.d",
      "/etc/rc.d",
      "/etc/passwd",
      "/etc/login.defs",
      "/usr/bin/systemctl",
      "/bin/systemctl",
    ],
  },
  fields: {
    manager: choice(["systemd", "openrc", "sysvinit"], {
      is: "What starts and watches the services, where it runs.",
      sensitivity: "plain",
      search: { field: "init", as: "term" },
    }),
    services: list(
      { is: "Services that the machine can start.", sensitivity: "plain", max: 4_096, key: ["name"] },
      {
        name: required(
          text(256, {
            is: "Name of the service; without the instance where that names a person.",
            sensitivity: "plain",
            search: { field: "service", as: "term" },
          }),
        ),
        description: text(512, { is: "What the service is for.", sensitivity: "plain" }),
        start: choice(["enabled", "disabled", "static", "indirect", "masked"], {
          is: "Whether it is started with the machine; static and indirect ones only when something asks for them.",
          sensitivity: "plain",
        }),
        state: choice(["active", "inactive", "failed"], {
          is: "Failed or, of a service that is to run all the time, whether it runs. What comes and goes by itself has none.",
          sensitivity: "plain",
          own: true,
          search: { field: "service.state", as: "term" },
        }),
      },
    ),
  },
});
