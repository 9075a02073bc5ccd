// Section `software.pip`: Python's packages of the whole machine, and who installed them.
import t from "tap";
import { parsePythonMetadata, projectOf } from "../linux/python-packages.ts";
import { collected } from "../testing/collected.ts";

const metadata = (name: string, version: string, more = "") =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${more}\nName: not this\n`;

t.test("tells packages of every place and age", async (t) => {
  const debian = "/usr/lib/python3/dist-packages";
  const pip = "/usr/local/lib/python3.11/dist-packages";
  const pipx = "/opt/pipx/venvs/black/lib/python3.12/site-packages";
  const found = await collected(t, "software.pip", {
    [`${debian}/PyYAML-6.0.dist-info/METADATA`]: metadata("PyYAML", "6.0", "Author: Kirill Simonov\n"),
    [`${debian}/six-1.16.0.egg-info`]: metadata(
      "six",
      "1.16.0",
      "Author: UNKNOWN\nAuthor-email: ben@x.org\n",
    ),
    [`${debian}/cryptography.egg-info/PKG-INFO`]: metadata("cryptography", "38.0.4"),
    [`${debian}/six.py`]: "",
    [`${pip}/ruamel_yaml-0.18.dist-info/METADATA`]: metadata("ruamel.yaml", "0.18"),
    [`${pip}/ruamel_yaml-0.18.dist-info/INSTALLER`]: "pip\n",
    [`${pip}/ruamel_yaml-0.18.dist-info/REQUESTED`]: "",
    [`${pip}/Idna_x-3.6.dist-info/INSTALLER`]: "pip\n",
    "/usr/lib64/python3.12/site-packages/rpm-4.19.dist-info/INSTALLER": "rpm\n",
    "/usr/lib64/python3.12/site-packages/old-1.0-py3.12.egg/EGG-INFO/PKG-INFO": metadata("old", "1.0"),
    [`${pipx}/black-24.1.0.dist-info/METADATA`]: metadata("black", "24.1.0"),
    [`${pipx}/broken.dist-info/METADATA`]: "",
  });
  const purl = (package_: string) => `pkg:pypi/${package_}`;
  t.same(found, {
    status: "ok",
    diagnostics: [],
    readings: {},
    document: {
      packages: [
        { name: "Idna_x", version: "3.6", installer: "pip", automatic: true, purl: purl("idna-x@3.6") },
        { name: "PyYAML", version: "6.0", vendor: "Kirill Simonov", purl: purl("pyyaml@6.0") },
        { name: "black", version: "24.1.0", purl: purl("black@24.1.0") },
        { name: "cryptography", version: "38.0.4", purl: purl("cryptography@38.0.4") },
        { name: "old", version: "1.0", purl: purl("old@1.0") },
        { name: "rpm", version: "4.19", installer: "rpm", purl: purl("rpm@4.19") },
        {
          name: "ruamel.yaml",
          version: "0.18",
          installer: "pip",
          automatic: false,
          purl: purl("ruamel.yaml@0.18"),
        },
        { name: "six", version: "1.16.0", vendor: "ben@x.org", purl: purl("six@1.16.0") },
      ],
    },
  });
  t.match(await collected(t, "software.pip", {}), { status: "none" });
});

t.test("takes headers and the names of folders as they are written", async (t) => {
  t.same(parsePythonMetadata("Name: a\r\nVersion: 1\r\n\r\nVersion: 2\r\n"), { name: "a", version: "1" });
  t.same(parsePythonMetadata("\0\xff\n"), {});
  t.same(projectOf("foo_bar-1.0+local.1-py3.11-linux-x86_64.egg"), {
    name: "foo_bar",
    version: "1.0+local.1",
  });
  t.same(projectOf("cryptography.egg-info"), {});
  t.same(projectOf(`${"a-".repeat(5_000)}.dist-info`), {});
});
