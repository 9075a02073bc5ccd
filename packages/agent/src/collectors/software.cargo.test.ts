// Section `software.cargo`: what `cargo install` noted.
import t from "tap";
import { collected } from "../testing/collected.ts";

const index = "registry+https://github.com/rust-lang/crates.io-index";

t.test("tells what was installed, and from where", async (t) => {
  const installs = {
    [`ripgrep 13.0.0 (${index})`]: { version_req: null, bins: ["rg"] },
    "own 0.1.0 (path+file:///home/ada/own)": {},
    "near 0.2.0 (git+file:///home/ada/near#0123456)": {},
    "secret 1.0.0 (git+https://ada:ghp_word@github.com/a/secret#0123456)": {},
    "tool 1.0.0-beta.1 (git+https://github.com/a/tool?tag=v1#0123456)": {},
    "bat 0.24.0 (sparse+https://index.crates.io/)": {},
    nonsense: {},
  };
  const { document } = await collected(t, "software.cargo", {
    "/usr/local/cargo/.crates2.json": JSON.stringify({ installs }),
    "/usr/local/cargo/.crates.toml": '"not 1.0.0 (this)" = ["x"]\n',
    "/usr/local/.crates.toml": `[v1]\n"exa 0.10.1 (${index})" = ["exa"]\n`,
  });
  const github = "https://github.com/rust-lang/crates.io-index";
  t.same(document, {
    packages: [
      {
        name: "bat",
        version: "0.24.0",
        repository: "https://index.crates.io/",
        purl: "pkg:cargo/bat@0.24.0",
      },
      { name: "exa", version: "0.10.1", repository: github, purl: "pkg:cargo/exa@0.10.1" },
      { name: "near", version: "0.2.0" },
      { name: "own", version: "0.1.0" },
      { name: "ripgrep", version: "13.0.0", repository: github, purl: "pkg:cargo/ripgrep@13.0.0" },
      { name: "secret", version: "1.0.0", repository: "https://github.com/a/secret#0123456" },
      { name: "tool", version: "1.0.0-beta.1", repository: "https://github.com/a/tool?tag=v1#0123456" },
    ],
  });
});

t.test("tells nothing of a broken list, and why", async (t) => {
  const path = "/usr/local/cargo/.crates2.json";
  t.match(await collected(t, "software.cargo", { [path]: "[" }), {
    status: "none",
    diagnostics: [`${path}: not JSON`],
  });
  t.match(await collected(t, "software.cargo", { [path]: '{"installs":[]}' }), { status: "none" });
  t.match(await collected(t, "software.cargo", {}), { status: "none", diagnostics: [] });
});
