// Ruby's gems in people's homes.
import t from "tap";
import { collected } from "../testing/collected.ts";

const section = "personal-software.gem";
const passwd = "ada:x:1000:1000::/home/ada:/bin/bash\n";

t.test("tells the gems of each Ruby of a person", async (t) => {
  const found = await collected(t, section, {
    "/etc/passwd": passwd,
    "/home/ada/.local/share/gem/ruby/3.1.0/specifications/nokogiri-1.16.0-x86_64-linux.gemspec": "",
    "/home/ada/.rbenv/versions/3.3.0/lib/ruby/gems/3.3.0/specifications/default/json-2.7.1.gemspec": "",
    "/home/ada/.gem/ruby/2.7.0/specifications/rake-13.0.gemspec": "",
  });
  t.same(found.document, {
    packages: [
      { name: "json", version: "2.7.1", purl: "pkg:gem/json@2.7.1" },
      {
        name: "nokogiri",
        version: "1.16.0",
        architecture: "x86_64-linux",
        purl: "pkg:gem/nokogiri@1.16.0?platform=x86_64-linux",
      },
      { name: "rake", version: "13.0", purl: "pkg:gem/rake@13.0" },
    ],
  });
});

t.test("has nothing to tell where nobody installed any", async (t) => {
  t.match(await collected(t, section, { "/etc/passwd": passwd, "/home/ada/.gem": "folder" }), {
    status: "none",
  });
});
