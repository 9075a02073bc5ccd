/** Section `nearby.mdns`: what other devices on the same network say that they offer. */
import { list, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "nearby.mdns",
  title: "Services on the network",
  schema: 1,
  category: "nearby",
  purposes: ["inventory", "security"],
  sources: { linux: ["udp:224.0.0.251:5353", "getifaddrs(3)"] },
  fields: {
    services: list(
      {
        is: "What other devices answered by multicast DNS that they offer.",
        sensitivity: "plain",
        max: 512,
        key: ["service", "name", "address"],
        locates: "always",
      },
      {
        service: required(text(64, { is: "Kind of service, such as _ipp._tcp.", sensitivity: "plain" })),
        name: required(text(64, { is: "What its owner calls it.", sensitivity: "sensitive", own: true })),
        address: required(
          text(45, { is: "IP address that the answer came from.", sensitivity: "sensitive", own: true }),
        ),
        host: text(255, { is: "Name of the device.", sensitivity: "sensitive", own: true }),
      },
    ),
  },
});
