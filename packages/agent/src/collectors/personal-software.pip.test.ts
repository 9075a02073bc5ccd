// Python's packages in people's homes.
import t from "tap";
import { collected } from "../testing/collected.ts";

const section = "personal-software.pip";
const passwd = "ada:x:1000:1000::/home/ada:/bin/bash\nbob:x:1001:1001::/home/bob:/bin/bash\n";
const metadata = (name: string, version: string) =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nAuthor: Somebody\n\nA readme.\n`;

t.test("tells the packages of all people once, whichever program installed them", async (t) => {
  const found = await collected(t, section, {
    "/etc/passwd": passwd,
    "/home/ada/.local/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA": metadata(
      "requests",
      "2.31.0",
    ),
    "/home/ada/.local/share/pipx/venvs/black/lib/python3.11/site-packages/black-24.1.0.dist-info/METADATA":
      metadata("black", "24.1.0"),
    "/home/ada/.local/share/pipx/venvs/black/lib/python3.11/site-packages/black-24.1.0.dist-info/INSTALLER":
      "pip\n",
    "/home/bob/.local/lib/python3.12/site-packages/requests-2.31.0.dist-info/METADATA": metadata(
      "requests",
      "2.31.0",
    ),
    "/home/bob/.pyenv/versions/3.12.1/lib/python3.12/site-packages/requests-2.0.0.dist-info/METADATA":
      metadata("requests", "2.0.0"),
    "/home/bob/.local/lib/python3.12/site-packages/broken.dist-info/METADATA": "nothing",
  });
  t.same(found.document, {
    packages: [
      { name: "black", version: "24.1.0", purl: "pkg:pypi/black@24.1.0" },
      { name: "requests", version: "2.0.0", purl: "pkg:pypi/requests@2.0.0" },
      { name: "requests", version: "2.31.0", purl: "pkg:pypi/requests@2.31.0" },
    ],
  });
});

t.test("has nothing to tell where nobody installed any", async (t) => {
  t.match(await collected(t, section, { "/etc/passwd": passwd, "/home/ada/.local/lib": "folder" }), {
    status: "none",
  });
});
