// Section `software.pacman`: what pacman's local database holds.
import t from "tap";
import { collected } from "../testing/collected.ts";

const local = "/var/lib/pacman/local";
const desc = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `%${name}%\n${value}\n\n`)
    .join("");

const zlib = {
  NAME: "zlib",
  VERSION: "1:1.3.1-2",
  BASE: "zlib-src",
  DESC: "%NAME\ntwo lines",
  ARCH: "x86_64",
  INSTALLDATE: "1709210096",
  PACKAGER: "Levente Polyak <anthraxx@archlinux.org>",
  SIZE: "337241",
  REASON: "1",
  LICENSE: "Zlib\nother",
  INSTALLED_DB: "core",
};

t.test("tells what is installed, and all that is known of it", async (t) => {
  const found = await collected(t, "software.pacman", {
    "/etc/os-release": "ID=arch\n",
    [`${local}/ALPM_DB_VERSION`]: "9\n",
    [`${local}/zlib-1:1.3.1-2/desc`]: desc(zlib),
    [`${local}/zlib-1:1.3.1-2/files`]: "%FILES%\nusr/\n",
    [`${local}/foo-1-1/desc`]: desc({
      NAME: "foo",
      VERSION: "1-1",
      PACKAGER: "Unknown Packager",
      INSTALLDATE: "0",
    }),
  });
  t.same(found, {
    status: "ok",
    diagnostics: [],
    readings: {},
    document: {
      packages: [
        {
          name: "foo",
          version: "1-1",
          architecture: "unknown",
          automatic: false,
          purl: "pkg:alpm/arch/foo@1-1",
        },
        {
          name: "zlib",
          version: "1:1.3.1-2",
          architecture: "x86_64",
          source: "zlib-src",
          vendor: "Levente Polyak <anthraxx@archlinux.org>",
          repository: "core",
          installedAt: "2024-02-29T12:34:56Z",
          installedSize: 337_241,
          automatic: true,
          purl: "pkg:alpm/arch/zlib@1:1.3.1-2?arch=x86_64",
        },
      ],
    },
  });
});

t.test("passes over a package whose file is broken, and says so", async (t) => {
  const found = await collected(t, "software.pacman", {
    [`${local}/a-1-1/desc`]: desc({ NAME: "a", VERSION: "1-1" }),
    [`${local}/b-1-1/desc`]: "%NAME%\n\n%VERSION",
    [`${local}/c-1-1`]: "folder",
    [`${local}/d-1-1/desc`]: Buffer.alloc(300_000),
  });
  t.match(found, {
    document: { packages: [{ name: "a", architecture: "unknown", automatic: false }] },
    diagnostics: [`${local}/d-1-1/desc: larger than 262144 bytes`, "3 packages of pacman could not be read"],
  });
  t.match(await collected(t, "software.pacman", {}), { status: "none" });
  t.match(await collected(t, "software.pacman", { [`${local}/a/desc`]: "" }), { status: "failed" });
});
