// Section `software.apk`: what apk's database lists, and what of it was asked for.
import fc from "fast-check";
import t from "tap";
import { collected } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";

const database = "/lib/apk/db/installed";
const installed = `C:Q1v4QhLje3kWlC8DJj+ZfJTjlJRSU=
P:busybox-binsh
V:1.36.1-r15
A:x86_64
S:1543
I:8192
o:busybox
m:Sören Tempel <soeren+alpine@soeren-tempel.net>
p:/bin/sh cmd:sh=1.36.1-r15
F:bin
R:sh
P:not this

P:curl
V:8.5.0-r0
A:x86_64
s:@edge

P:libcurl
V:8.5.0-r0
A:x86_64

`;
const osRelease = { "/etc/os-release": "ID=alpine\nVERSION_ID=3.19.0\n" };
const purl = (package_: string) => `pkg:apk/alpine/${package_}?arch=x86_64&distro=alpine-3.19.0`;
const curl = { name: "curl", version: "8.5.0-r0", architecture: "x86_64", repository: "edge" };

t.test("tells what is installed, and what of it was asked for by any of its names", async (t) => {
  const world = { "/etc/apk/world": "curl@edge>8 !nano\ncmd:sh\n" };
  const found = await collected(t, "software.apk", { ...osRelease, ...world, [database]: installed });
  t.same(found, {
    status: "ok",
    diagnostics: [],
    readings: {},
    document: {
      packages: [
        {
          name: "busybox-binsh",
          version: "1.36.1-r15",
          architecture: "x86_64",
          source: "busybox",
          vendor: "Sören Tempel <soeren+alpine@soeren-tempel.net>",
          installedSize: 8_192,
          automatic: false,
          purl: purl("busybox-binsh@1.36.1-r15"),
        },
        { ...curl, automatic: false, purl: purl("curl@8.5.0-r0") },
        {
          name: "libcurl",
          version: "8.5.0-r0",
          architecture: "x86_64",
          automatic: true,
          purl: purl("libcurl@8.5.0-r0"),
        },
      ],
    },
  });
});

t.test("reads the place of apk 3, and says no more than it knows", async (t) => {
  const { document } = await collected(t, "software.apk", { "/usr/lib/apk/db/installed": "P:a\n" });
  t.same(document, { packages: [{ name: "a", architecture: "unknown" }] });
});

t.test("tells nothing there from what cannot be read, and from what is no database", async (t) => {
  t.match(await collected(t, "software.apk", {}), { status: "none", diagnostics: [] });
  t.match(await collected(t, "software.apk", { [database]: "" }), { status: "none" });
  t.match(await collected(t, "software.apk", { [database]: "this is a corrupt db\n" }), { status: "failed" });
  const hidden = await collected(t, "software.apk", { [database]: "folder" });
  t.match(hidden, { status: "denied", diagnostics: [`${database}: not a regular file`] });
});

t.test("passes its definition whatever the database holds", async () => {
  const mutated = fc
    .tuple(fc.nat(installed.length - 1), fc.nat(3), fc.string({ maxLength: 3 }))
    .map(([at, gone, more]) => installed.slice(0, at) + more + installed.slice(at + gone));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), async (content) => {
      const { status } = await collected(t, "software.apk", { [database]: content });
      return ["ok", "none", "failed"].includes(status);
    }),
    { numRuns: 50 },
  );
});

t.test("tells the records of real databases", { skip: withoutRecords }, async (t) => {
  const told = async (name: string) =>
    collected(t, "software.apk", { [database]: record(`packages/${name}`) });
  t.match(await told("apk-installed-1"), { status: "ok", diagnostics: [] });
  const corrupt = await told("apk-installed-corrupt");
  t.match(corrupt, {
    diagnostics: ["1 entries of apk name no package and were left out"],
    document: {
      packages: [{ name: "alpine-baselayout-data", version: "3.2.0-r22", source: "alpine-baselayout" }],
    },
  });
});
