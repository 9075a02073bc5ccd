// Package URLs, held against the examples of the specification's own test suite for deb.
import fc from "fast-check";
import t from "tap";
import { apkUrl, debUrl, packageUrl } from "./package-url.ts";

const bookworm = { id: "debian", versionId: "12", codename: "bookworm" };

t.test("writes what the specification writes", async (t) => {
  const curl = { name: "curl", version: "7.50.3-1", architecture: "i386" };
  t.equal(
    debUrl(curl, { id: "debian", codename: "jessie" }),
    "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
  );
  const dpkg = { name: "dpkg", version: "1.19.0.4", architecture: "amd64" };
  t.equal(debUrl(dpkg, { id: "ubuntu" }), "pkg:deb/ubuntu/dpkg@1.19.0.4?arch=amd64");
  const attr = { name: "attr", version: "1:2.4.47-2+b1", architecture: "amd64" };
  t.equal(
    debUrl(attr, { id: "debian" }),
    "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64",
    "the colon stays",
  );
});

t.test("writes what the specification writes of other types", async (t) => {
  const url = packageUrl({ type: "npm", namespace: "@angular", name: "animation", version: "12.3.1" });
  t.equal(url, "pkg:npm/%40angular/animation@12.3.1");
  t.equal(packageUrl({ type: "pypi", name: "django" }), "pkg:pypi/django");
  const qualifiers = { platform: "java", b: undefined, a: "1/2" };
  t.equal(
    packageUrl({
      type: "gem",
      namespace: "a/b",
      name: "ruby-advisory-db-check",
      version: "0.12.4",
      qualifiers,
    }),
    "pkg:gem/a/b/ruby-advisory-db-check@0.12.4?a=1%2F2&platform=java",
  );
  const curl = { name: "curl", version: "7.83.0-r0", architecture: "x86" };
  t.equal(apkUrl(curl, { id: "alpine" }), "pkg:apk/alpine/curl@7.83.0-r0?arch=x86");
});

t.test("encodes what has to be, and nothing else", async (t) => {
  const url = (name: string, version: string) => debUrl({ name, version, architecture: "all" }, bookworm);
  const end = "?arch=all&distro=bookworm";
  t.equal(url("libstdc++6", "12.2.0-14~deb12u1"), `pkg:deb/debian/libstdc%2B%2B6@12.2.0-14~deb12u1${end}`);
  t.equal(url("a", "!'()* %@/?#&="), `pkg:deb/debian/a@%21%27%28%29%2A%20%25%40%2F%3F%23%26%3D${end}`);
  t.equal(url("A", "é\ud800"), `pkg:deb/debian/a@%C3%A9%EF%BF%BD${end}`);
});

t.test("names the distribution by its code name, else by id and version", async (t) => {
  const distro = (release: Parameters<typeof debUrl>[1]) => debUrl({ name: "a", version: "1" }, release);
  t.equal(distro(bookworm), "pkg:deb/debian/a@1?distro=bookworm");
  t.equal(
    distro({ id: "cumulus-linux", versionId: "5.12.1" }),
    "pkg:deb/cumulus-linux/a@1?distro=cumulus-linux-5.12.1",
  );
  t.equal(distro({ id: "Debian" }), "pkg:deb/debian/a@1");
});

t.test("writes none without a system or a version, nor one that would have to be cut", async (t) => {
  t.equal(debUrl({ name: "a", version: "1" }, { codename: "jessie" }), undefined);
  t.equal(debUrl({ name: "a" }, bookworm), undefined);
  t.equal(debUrl({ name: "a", version: "+".repeat(400) }, bookworm), undefined);
});

t.test("can be read back, whatever it is made of", async () => {
  const text = fc.string({ minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(text, text, text, text, (name, version, architecture, codename) => {
      const url = debUrl({ name, version, architecture }, { id: "debian", codename }) ?? "";
      const parts = /^pkg:deb\/debian\/([^/@?#&]+)@([^/@?#&]+)\?arch=([^/@?#&]+)&distro=([^/@?#&]+)$/.exec(
        url,
      );
      t.same(parts?.slice(1).map(decodeURIComponent), [name.toLowerCase(), version, architecture, codename]);
      t.match(url, /^[A-Za-z0-9.\-_~%:/@?=&]+$/);
    }),
    { numRuns: 200 },
  );
});
