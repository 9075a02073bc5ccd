// Section `software.gem`: gems by the names of their specifications.
import { spawnSync } from "node:child_process";
import t from "tap";
import { z } from "zod";
import { gemOf } from "../linux/gems.ts";
import { collected } from "../testing/collected.ts";

t.test("tells the gems of every place, with what they were built for", async (t) => {
  const specifications = "specifications";
  const found = await collected(t, "software.gem", {
    [`/var/lib/gems/3.1.0/${specifications}/nokogiri-1.16.0-x86_64-linux.gemspec`]: "",
    [`/usr/lib/ruby/gems/3.1.0/${specifications}/default/json-2.6.1.gemspec`]: "",
    [`/usr/share/rubygems-integration/all/${specifications}/net-http2-0.18.pre.gemspec`]: "",
    [`/usr/lib/x86_64-linux-gnu/rubygems-integration/3.1.0/${specifications}/ffi-1.15.5.gemspec`]: "",
    [`/usr/share/gems/${specifications}/json-2.6.1.gemspec`]: "",
    [`/usr/local/lib/ruby/gems/3.3.0/${specifications}/broken.gemspec`]: "",
  });
  t.same(found.document, {
    packages: [
      { name: "ffi", version: "1.15.5", purl: "pkg:gem/ffi@1.15.5" },
      { name: "json", version: "2.6.1", purl: "pkg:gem/json@2.6.1" },
      { name: "net-http2", version: "0.18.pre", purl: "pkg:gem/net-http2@0.18.pre" },
      {
        name: "nokogiri",
        version: "1.16.0",
        architecture: "x86_64-linux",
        purl: "pkg:gem/nokogiri@1.16.0?platform=x86_64-linux",
      },
    ],
  });
  t.match(await collected(t, "software.gem", {}), { status: "none" });
});

t.test("takes names apart as they are put together", async (t) => {
  t.match(gemOf("foo-2-1.0.gemspec"), { name: "foo-2", version: "1.0" });
  t.match(gemOf("a.b_c-1.2.3-java.gemspec"), { name: "a.b_c", version: "1.2.3", architecture: "java" });
  t.equal(gemOf("foo.gemspec"), undefined);
  t.equal(gemOf(`${"-1".repeat(5_000)}!`), undefined);
});

const withoutGem = spawnSync("/usr/bin/gem", ["--version"]).status === 0 ? false : "gem is not installed";

t.test("equals what Debian's gem tells of this machine", { skip: withoutGem }, async (t) => {
  const { stdout } = spawnSync("/usr/bin/gem", ["list", "--local", "--quiet"], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", GEM_HOME: "/var/lib/gems/none", HOME: "/nonexistent" },
  });
  const told = stdout.split("\n").flatMap((line) => {
    const [, name, versions = ""] = /^(\S+) \((.*)\)$/.exec(line) ?? [];
    const plain = versions.split(", ").map((version) => version.replace("default: ", "").replace(/ .*/, ""));
    return name === undefined ? [] : plain.map((version) => `${name} ${version}`);
  });
  const { document } = await collected(t, "software.gem", "/");
  const found = z
    .object({ packages: z.array(z.object({ name: z.string(), version: z.string() })) })
    .parse(document)
    .packages.map(({ name, version }) => `${name} ${version}`);
  t.ok(told.length > 0);
  t.same(
    told.filter((each) => !found.includes(each)),
    [],
  );
});
