// Flatpaks in people's homes.
import t from "tap";
import { collected } from "../testing/collected.ts";

const section = "personal-software.flatpak";
const passwd = "ada:x:1000:1000::/home/ada:/bin/bash\nbob:x:1001:1001::/home/bob:/bin/bash\n";
const app = (home: string) => `${home}/.local/share/flatpak/app/org.gimp.GIMP`;

t.test("tells what people installed for themselves once", async (t) => {
  const found = await collected(t, section, {
    "/etc/passwd": passwd,
    [`${app("/home/ada")}/current`]: { link: "x86_64/stable" },
    [`${app("/home/ada")}/x86_64/stable/abc/deploy`]: "flathub\0",
    [`${app("/home/ada")}/x86_64/stable/active`]: { link: "abc" },
    [`${app("/home/bob")}/x86_64/stable/active/deploy`]: "flathub\0",
    "/home/bob/.local/share/flatpak/runtime/org.gnome.Platform/x86_64/46/active/deploy": "flathub\0",
  });
  t.same(found.document, {
    packages: [
      {
        name: "org.gimp.GIMP",
        architecture: "x86_64",
        branch: "stable",
        kind: "app",
        repository: "flathub",
      },
      {
        name: "org.gnome.Platform",
        architecture: "x86_64",
        branch: "46",
        kind: "runtime",
        repository: "flathub",
      },
    ],
  });
});

t.test("has nothing to tell where nobody installed any", async (t) => {
  t.match(await collected(t, section, { "/etc/passwd": passwd }), { status: "none" });
});
