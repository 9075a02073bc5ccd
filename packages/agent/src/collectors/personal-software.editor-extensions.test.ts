// Editor extensions of everybody on the machine.
import t from "tap";
import { extensionOfFolder, newestProducts } from "../linux/vscode-extensions.ts";
import { collected } from "../testing/collected.ts";

const section = "personal-software.editor-extensions";
const passwd = "ada:x:1000:1000::/home/ada:/bin/bash\nbob:x:1001:1001::/home/bob:\n";
const json = (value: unknown) => JSON.stringify(value);

t.test("tells what the list of an editor tells, or what its folders do", async (t) => {
  const found = await collected(t, section, {
    "/etc/passwd": passwd,
    "/home/ada/.vscode/extensions/extensions.json": json([
      {
        identifier: { id: "ms-python.Python", uuid: "f1f59ae4" },
        version: "2024.8.1",
        relativeLocation: "ms-python.python-2024.8.1",
        location: { path: "/home/ada/.vscode/extensions/ms-python.python-2024.8.1" },
      },
      { identifier: { id: "gone.gone" }, version: "1.0.0", relativeLocation: "gone.gone-1.0.0" },
      { identifier: {} },
    ]),
    "/home/ada/.vscode/extensions/.obsolete": json({ "gone.gone-1.0.0": true }),
    "/home/ada/.vscode/extensions/unlisted.one-1.0.0": "folder",
    "/home/bob/.vscode-oss/extensions/rust-lang.rust-analyzer-0.3.2070-linux-x64": "folder",
    "/home/bob/.vscode-oss/extensions/notes": "folder",
    "/home/bob/.local/share/JetBrains/PyCharm2023.3/Old": "folder",
    "/home/bob/.local/share/JetBrains/PyCharm2024.1/IdeaVim": "folder",
    "/home/bob/.local/share/JetBrains/PyCharm2024.1/some.xml": "<xml/>",
    "/home/bob/.local/share/JetBrains/consentOptions/accepted": "rsch.send.usage.stat:1.1:1:1700000000000",
  });
  t.same(found, {
    status: "ok",
    document: {
      extensions: [
        { editor: "pycharm", folder: "IdeaVim", id: "IdeaVim" },
        {
          editor: "vscode",
          folder: "ms-python.python-2024.8.1",
          id: "ms-python.python",
          version: "2024.8.1",
        },
        {
          editor: "vscodium",
          folder: "rust-lang.rust-analyzer-0.3.2070-linux-x64",
          id: "rust-lang.rust-analyzer",
          version: "0.3.2070",
        },
      ],
    },
    readings: {},
    diagnostics: [],
  });
});

t.test("has nothing to tell of an editor without extensions", async (t) => {
  const machine = { "/etc/passwd": passwd, "/home/ada/.vscode/extensions/extensions.json": "[]" };
  t.match(await collected(t, section, machine), { status: "none" });
});

t.test("reads publisher, name and version off a folder", async (t) => {
  const read = (name: string) => {
    const { id, version } = extensionOfFolder(name) ?? {};
    return id === undefined ? null : `${id} ${version}`;
  };
  t.equal(read("ms-vscode.cpptools-1.20.5-linux-x64"), "ms-vscode.cpptools 1.20.5");
  t.equal(read("Vue.volar-2.0.0"), "vue.volar 2.0.0");
  t.equal(read("a-b.c-d-10.0.1-universal"), "a-b.c-d 10.0.1");
  t.equal(read("notes"), null);
  t.equal(read("publisher.name"), null);
  t.equal(read(`${"a.".repeat(2_000)}-`), null);
});

t.test("takes of a product the plugins of its newest version", async (t) => {
  t.same(
    [...newestProducts(["GoLand2023.10", "GoLand2023.9", "IdeaIC2024.1", "consentOptions", "Toolbox"])],
    [
      ["goland", "GoLand2023.10"],
      ["ideaic", "IdeaIC2024.1"],
    ],
  );
});
