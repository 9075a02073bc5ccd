// Section `software.npm`: what `npm -g ls` lists.
import t from "tap";
import { collected } from "../testing/collected.ts";

t.test("tells packages with and without a scope, and nothing of what they bring along", async (t) => {
  const found = await collected(t, "software.npm", {
    "/usr/lib/node_modules/npm/package.json":
      '{"name":"npm","version":"10.2.4","author":{"name":"GitHub Inc."}}',
    "/usr/lib/node_modules/npm/node_modules/abbrev/package.json": '{"name":"abbrev","version":"2.0.0"}',
    "/usr/local/lib/node_modules/@angular/cli/package.json":
      '\ufeff{"name":"@angular/cli","version":"17.1.0","author":"Angular Authors"}',
    "/usr/lib/node_modules/.package-lock.json": "{}",
    "/usr/lib/node_modules/linked": { link: "/home/ada/work" },
    "/home/ada/work/package.json": '{"name":"work","version":"1.0.0"}',
  });
  t.same(found, {
    status: "ok",
    diagnostics: [],
    readings: {},
    document: {
      packages: [
        {
          name: "@angular/cli",
          version: "17.1.0",
          vendor: "Angular Authors",
          purl: "pkg:npm/%40angular/cli@17.1.0",
        },
        { name: "npm", version: "10.2.4", vendor: "GitHub Inc.", purl: "pkg:npm/npm@10.2.4" },
      ],
    },
  });
});

t.test("passes over what is broken, and says so", async (t) => {
  const folder = "/usr/lib/node_modules";
  const found = await collected(t, "software.npm", {
    [`${folder}/a/package.json`]: "{",
    [`${folder}/b/package.json`]: '{"name":5,"version":[]}',
    [`${folder}/c/package.json`]: "null",
    [`${folder}/d`]: "folder",
    [`${folder}/e`]: "",
  });
  t.match(found, { status: "none", diagnostics: [`${folder}/a/package.json: not JSON`] });
  t.match(await collected(t, "software.npm", {}), { status: "none", diagnostics: [] });
});
