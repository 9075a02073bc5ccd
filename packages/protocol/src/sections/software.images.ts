/** Section `software.images`: images of containers that are kept on the machine. */
import { choice, instant, required, text } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, purl } = packageFields("natural");

export const definition = defineSection({
  name: "software.images",
  title: "Container images",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: ["/var/lib/docker/image", "/var/lib/containers/storage", "/var/lib/containerd"],
  },
  fields: {
    packages: packageList(["engine", "reference"], {
      engine: required(choice(["docker", "podman"], { is: "Program that keeps it.", sensitivity: "plain" })),
      reference: required(
        text(512, {
          is: "What it is called: repository and tag, or its identifier where it has none.",
          sensitivity: "plain",
        }),
      ),
      name,
      version,
      architecture,
      digest: text(128, { is: "Digest under which its repository knows it.", sensitivity: "plain" }),
      builtAt: instant({ is: "When it was built.", sensitivity: "plain" }),
      purl,
    }),
  },
});
