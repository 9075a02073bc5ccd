// npm's global packages in people's homes.
import t from "tap";
import { collected } from "../testing/collected.ts";

const section = "personal-software.npm";
const passwd = "ada:x:1000:1000::/home/ada:/bin/bash\n";
const manifest = (name: string, version: string) =>
  JSON.stringify({ name, version, author: "Somebody <somebody@example.org>" });
const nvm = "/home/ada/.nvm/versions/node/v22.1.0/lib/node_modules";

t.test("tells what is installed under any Node of a person, not what is linked there", async (t) => {
  const found = await collected(t, section, {
    "/etc/passwd": passwd,
    [`${nvm}/npm/package.json`]: manifest("npm", "10.7.0"),
    [`${nvm}/@angular/cli/package.json`]: manifest("@angular/cli", "17.0.0"),
    [`${nvm}/mine`]: { link: "../../../../../../work/mine" },
    "/home/ada/work/mine/package.json": manifest("secret-project", "0.0.1"),
    "/home/ada/.npm-global/lib/node_modules/typescript/package.json": manifest("typescript", "5.4.5"),
    "/home/ada/.npm-global/lib/node_modules/broken/package.json": "{",
  });
  t.same(found.document, {
    packages: [
      { name: "@angular/cli", version: "17.0.0", purl: "pkg:npm/%40angular/cli@17.0.0" },
      { name: "npm", version: "10.7.0", purl: "pkg:npm/npm@10.7.0" },
      { name: "typescript", version: "5.4.5", purl: "pkg:npm/typescript@5.4.5" },
    ],
  });
});

t.test("has nothing to tell where nobody installed any", async (t) => {
  t.match(await collected(t, section, { "/etc/passwd": passwd, "/home/ada/.nvm": "folder" }), {
    status: "none",
  });
});
