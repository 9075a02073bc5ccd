// Section `proxies`: what is set for the whole machine, and nobody's password.
import fc from "fast-check";
import t from "tap";
import { parseAptConf, parseDnfConf, parseEnvironment } from "../linux/proxies.ts";
import { collected } from "../testing/collected.ts";

t.test("tells what is set for the whole machine, without passwords", async (t) => {
  const found = await collected(t, "proxies", {
    "/etc/environment":
      'PATH=/usr/bin\nTOKEN=secret\nhttp_proxy="http://ada:secret@proxy.example:3128/"\nHTTPS_PROXY=proxy.example:3129\n',
    "/etc/apt/apt.conf.d/00first": 'Acquire::http::Proxy "http://early.example:1/";\n',
    "/etc/apt/apt.conf.d/95proxy": 'Acquire::http::Proxy "http://u:secret@cache.example:3142/?key=secret";\n',
    "/etc/apt/apt.conf.d/96off":
      'Acquire::https::Proxy "DIRECT";\n// Acquire::ftp::Proxy "http://x.example";\n',
    "/etc/apt/apt.conf.d/95proxy.bak": 'Acquire::http::Proxy "http://old.example:1/";\n',
    "/etc/dnf/dnf.conf": "[main]\ngpgcheck=1\nproxy=http://dnf.example:8080\nproxy_password=secret\n",
  });
  t.same([found.status, found.diagnostics], ["ok", []]);
  const proxy = (source: string, scheme: string, address: string) => ({ source, scheme, address });
  t.same(found.document, {
    proxies: [
      proxy("apt", "http", "http://cache.example:3142"),
      proxy("dnf", "all", "http://dnf.example:8080"),
      proxy("environment", "http", "http://proxy.example:3128"),
      proxy("environment", "https", "http://proxy.example:3129"),
    ],
  });
  t.notMatch(JSON.stringify(found), /secret/);
});

t.test("takes no beginning of a password for a port", (t) => {
  const cut = [
    "http://ada:12/3@proxy.example:3128",
    "ada:12#3@proxy.example:3128",
    "http://ada:1?2@proxy.example",
  ];
  t.same(
    cut.flatMap((address) => parseDnfConf(`proxy=${address}`)),
    [],
  );
  t.end();
});

t.test("says that there is none", async (t) => {
  const plain = { "/etc/environment": "PATH=/usr/bin\n", "/etc/dnf/dnf.conf": "proxy=_none_\n" };
  t.match(await collected(t, "proxies", plain), { status: "none", diagnostics: [] });
});

t.test("tells no more than protocol, host and port of whatever stands there", async () => {
  const ways = [
    (text: string) => parseEnvironment(`http_proxy=${text}`),
    (text: string) => parseAptConf(`Acquire::http::Proxy "${text}";`),
    (text: string) => parseDnfConf(`proxy=${text}`),
  ];
  const urls = fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string());
  const holds = (text: string) =>
    ways.every((parse) =>
      parse(text).every(({ address }) => /^[a-z][a-z0-9+.-]*:\/\/[^/@?#]*$/.test(address)),
    );
  fc.assert(fc.property(urls, holds), { numRuns: 300 });
});
