// Section `software.brew`: formulae by their receipts, and casks on Macs.
import t from "tap";
import { collected, type Tree } from "../testing/collected.ts";

const receipt = JSON.stringify({
  installed_on_request: false,
  installed_as_dependency: true,
  time: 1_709_210_096,
  arch: "arm64",
  source: { tap: "homebrew/core", spec: "stable" },
  runtime_dependencies: [],
});

const prefix = (cellar: string): Tree => ({
  [`${cellar}/openssl@3/3.2.1/INSTALL_RECEIPT.json`]: receipt,
  [`${cellar}/jq/1.7.1/INSTALL_RECEIPT.json`]: '{"installed_on_request":true,"time":null}',
  [`${cellar}/jq/1.6_1/bin/jq`]: "",
  [`${cellar}/.keepme`]: "",
  [`${cellar}/broken/1/INSTALL_RECEIPT.json`]: "{",
});

const formulae = [
  { name: "broken", version: "1", kind: "formula" },
  { name: "jq", version: "1.6_1", kind: "formula" },
  { name: "jq", version: "1.7.1", kind: "formula", automatic: false },
  {
    name: "openssl@3",
    version: "3.2.1",
    kind: "formula",
    architecture: "arm64",
    repository: "homebrew/core",
    installedAt: "2024-02-29T12:34:56Z",
    automatic: true,
  },
];

t.test("tells every version of every formula, and what of it was asked for", async (t) => {
  const cellar = "/home/linuxbrew/.linuxbrew/Cellar";
  t.same(await collected(t, "software.brew", prefix(cellar)), {
    status: "ok",
    diagnostics: [`${cellar}/broken/1/INSTALL_RECEIPT.json: not JSON`],
    readings: {},
    document: { packages: formulae },
  });
  t.match(await collected(t, "software.brew", {}), { status: "none" });
});

t.test("follows no link, for the folders are a person's", async (t) => {
  const cellar = "/home/linuxbrew/.linuxbrew/Cellar";
  const elsewhere: Tree = { "/home/bob/diary/2024/x": "", "/home/bob/receipt.json": receipt };
  const linked = { ...elsewhere, [cellar]: { link: "/home/bob" } };
  t.match(await collected(t, "software.brew", linked), { status: "none" });
  const { document } = await collected(t, "software.brew", {
    ...elsewhere,
    [`${cellar}/bob`]: { link: "/home/bob" },
    [`${cellar}/diary/all`]: { link: "/home/bob/diary" },
    [`${cellar}/jq/1.7.1/INSTALL_RECEIPT.json`]: { link: "/home/bob/receipt.json" },
  });
  t.same(document, { packages: [{ name: "jq", version: "1.7.1", kind: "formula" }] });
});

t.test("tells casks on Macs too", async (t) => {
  const tree = {
    ...prefix("/opt/homebrew/Cellar"),
    "/opt/homebrew/Caskroom/firefox/122.0/.keep": "",
    "/opt/homebrew/Caskroom/firefox/.metadata/122.0/x": "",
  };
  const { document } = await collected(t, "software.brew", tree, { facts: { platform: "darwin" } });
  const cask = { name: "firefox", version: "122.0", kind: "cask" };
  t.same(document, { packages: [formulae[0], cask, ...formulae.slice(1)] });
});
