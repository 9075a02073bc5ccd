/** Section `listening-ports`: where the device waits for others, and which program does. */
import { choice, list, quantity, required, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "listening-ports",
  title: "Listening ports",
  schema: 1,
  category: "network",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      ...["/proc/net", "/proc/1/net"].flatMap((folder) =>
        ["tcp", "tcp6", "udp", "udp6"].map((table) => `${folder}/${table}`),
      ),
      "/proc/*/fd",
      "/proc/*/comm",
      "/proc/*/exe",
      "/proc/sys/net/ipv4/ip_local_port_range",
    ],
  },
  fields: {
    ports: list(
      {
        is: "Ports on which programs wait for others, without those that clients are given for a while.",
        sensitivity: "plain",
        max: 1_024,
        key: ["protocol", "address", "port"],
      },
      {
        protocol: required(choice(["tcp", "udp"], { is: "Protocol.", sensitivity: "plain" })),
        address: required(
          choice(["loopback", "any", "single"], {
            is: "From where it can be reached: this device only, any of its addresses, or one of them.",
            sensitivity: "plain",
          }),
        ),
        port: required(
          quantity({
            is: "Number of the port.",
            sensitivity: "plain",
            unit: "count",
            max: 65_535,
            search: { field: "listening", as: "number" },
          }),
        ),
        programs: texts(16, 64, {
          is: "Names of the programs, never their arguments.",
          sensitivity: "plain",
        }),
      },
    ),
  },
});
