// Section `software.images`: what docker and podman keep of their images.
import t from "tap";
import { splitReference } from "../linux/container-images.ts";
import { collected } from "../testing/collected.ts";

const [one, two] = ["1".repeat(64), "2".repeat(64)];
const digest = `sha256:${"d".repeat(64)}`;
const repositories = "/var/lib/docker/image/overlay2/repositories.json";

t.test("tells docker's images by every name", async (t) => {
  const names = {
    nginx: {
      "nginx:1.25": `sha256:${one}`,
      "nginx:latest": `sha256:${one}`,
      [`nginx@${digest}`]: `sha256:${one}`,
    },
    "localhost:5000/own": {
      [`localhost:5000/own@${digest}`]: `sha256:${two}`,
      "localhost:5000/own:bad": "sha256:no",
    },
    broken: null,
  };
  const configuration = {
    architecture: "amd64",
    os: "linux",
    created: "2024-02-14T16:03:26.123456789Z",
    config: { Env: ["A=1"] },
  };
  const found = await collected(t, "software.images", {
    [repositories]: JSON.stringify({ Repositories: names }),
    [`/var/lib/docker/image/overlay2/imagedb/content/sha256/${one}`]: JSON.stringify(configuration),
    [`/var/lib/docker/image/overlay2/imagedb/content/sha256/${two}`]: '{"created":"1970-01-01T00:00:00Z"}',
  });
  const facts = { engine: "docker", digest };
  const nginx = { ...facts, name: "nginx", architecture: "amd64", builtAt: "2024-02-14T16:03:26Z" };
  const url = `pkg:oci/nginx@${digest}?arch=amd64&repository_url=nginx&tag=`;
  t.same(found, {
    status: "ok",
    diagnostics: [],
    readings: {},
    document: {
      packages: [
        {
          ...facts,
          reference: `localhost:5000/own@${digest}`,
          name: "localhost:5000/own",
          purl: `pkg:oci/own@${digest}?repository_url=localhost:5000%2Fown`,
        },
        { ...nginx, reference: "nginx:1.25", version: "1.25", purl: `${url}1.25` },
        { ...nginx, reference: "nginx:latest", version: "latest", purl: `${url}latest` },
      ],
    },
  });
});

t.test("tells podman's images, and those without a name by their identifier", async (t) => {
  const images = [
    { id: one, digest, names: ["quay.io/podman/hello:latest"], created: "2024-02-14T16:03:26.5Z" },
    { id: two, names: null },
    { id: "no", names: ["x:1"] },
    5,
  ];
  const found = await collected(t, "software.images", {
    "/var/lib/containers/storage/overlay-images/images.json": JSON.stringify(images),
    "/var/lib/containers/storage/overlay-containers/images.json": "[",
    "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db": "",
  });
  t.same(found.document, {
    packages: [
      { engine: "podman", reference: two, name: two },
      {
        engine: "podman",
        reference: "quay.io/podman/hello:latest",
        name: "quay.io/podman/hello",
        version: "latest",
        digest,
        builtAt: "2024-02-14T16:03:26Z",
        purl: `pkg:oci/hello@${digest}?repository_url=quay.io%2Fpodman%2Fhello&tag=latest`,
      },
    ],
  });
  t.same(found.diagnostics, ["images that only containerd knows are not read"]);
});

t.test("tells nothing of broken lists, and why", async (t) => {
  const broken = await collected(t, "software.images", { [repositories]: "{" });
  t.match(broken, { status: "none", diagnostics: [`${repositories}: not JSON`] });
  t.match(await collected(t, "software.images", {}), { status: "none", diagnostics: [] });
  t.same(splitReference("host:5000/a/b"), { name: "host:5000/a/b" });
  t.same(splitReference("a:"), { name: "a" });
});
