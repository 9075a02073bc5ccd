// AppImages in people's homes.
import t from "tap";
import { collected } from "../testing/collected.ts";

const section = "personal-software.appimage";
const passwd = "ada:x:1000:1000::/home/ada:/bin/bash\n";

t.test("tells AppImages where programs are kept, by the name that their menu entry gives", async (t) => {
  const found = await collected(t, section, {
    "/etc/passwd": passwd,
    "/home/ada/Applications/Inkscape-1.3.2-x86_64.AppImage": "",
    "/home/ada/.local/bin/editor.appimage": "",
    "/home/ada/.local/bin/script": "#!/bin/sh",
    "/home/ada/.local/share/applications/editor.desktop":
      '[Desktop Entry]\nName=Editor\nExec="/home/ada/.local/bin/editor.appimage" %U\nX-AppImage-Version=2.1\n',
    "/home/ada/Downloads/Private-1.0.AppImage": "",
  });
  t.same(found.document, {
    packages: [
      { file: "Inkscape-1.3.2-x86_64.AppImage", name: "Inkscape", version: "1.3.2", architecture: "x86_64" },
      { file: "editor.appimage", name: "Editor", version: "2.1" },
    ],
  });
});

t.test("has nothing to tell where nobody keeps any", async (t) => {
  t.match(await collected(t, section, { "/etc/passwd": passwd, "/home/ada/bin/script": "" }), {
    status: "none",
  });
});
