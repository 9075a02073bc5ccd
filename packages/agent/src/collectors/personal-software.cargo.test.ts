// Rust programs in people's homes.
import t from "tap";
import { collected } from "../testing/collected.ts";

const section = "personal-software.cargo";
const passwd = "ada:x:1000:1000::/home/ada:/bin/bash\nbob:x:1001:1001::/home/bob:/bin/bash\n";

t.test("tells names and versions, not the addresses that they came from", async (t) => {
  const found = await collected(t, section, {
    "/etc/passwd": passwd,
    "/home/ada/.cargo/.crates2.json": JSON.stringify({
      installs: {
        "ripgrep 14.1.0 (registry+https://github.com/rust-lang/crates.io-index)": { bins: ["rg"] },
        "tool 0.1.0 (git+https://ada:secret@git.example.org/tool#abc)": { bins: ["tool"] },
        "mine 0.1.0 (path+file:///home/ada/mine)": {},
      },
    }),
    "/home/bob/.cargo/.crates.toml":
      '[v1]\n"bat 0.24.0 (registry+https://github.com/rust-lang/crates.io-index)" = ["bat"]\n',
  });
  t.same(found.document, {
    packages: [
      { name: "bat", version: "0.24.0", purl: "pkg:cargo/bat@0.24.0" },
      { name: "mine", version: "0.1.0" },
      { name: "ripgrep", version: "14.1.0", purl: "pkg:cargo/ripgrep@14.1.0" },
      { name: "tool", version: "0.1.0" },
    ],
  });
});

t.test("has nothing to tell where nobody installed any", async (t) => {
  t.match(await collected(t, section, { "/etc/passwd": passwd, "/home/ada/.cargo/bin": "folder" }), {
    status: "none",
  });
});
