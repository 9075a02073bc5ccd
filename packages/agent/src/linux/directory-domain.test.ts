// The domain that a machine belongs to, from what joins it; no password leaves these files.
import fc from "fast-check";
import t from "tap";
import { collected, type Tree } from "../testing/collected.ts";

const domainIn = async (tree: Tree) =>
  Object((await collected(t, "operating-system", { "/etc/os-release": "ID=x\n", ...tree })).document).domain;

const sssd = `[sssd]
domains = files_only, AD.Example.test
[domain/files_only]
id_provider = files
[domain/AD.Example.test]
id_provider = ad
ad_domain = ad.example.test
ldap_default_authtok = secret
`;

t.test("knows what joined it", async (t) => {
  const ipa =
    "[global]\nbasedn = dc=x\nrealm = IPA.EXAMPLE.TEST\ndomain = ipa.example.test\nbind_pw = secret\n";
  t.same(await domainIn({ "/etc/ipa/default.conf": ipa }), {
    name: "ipa.example.test",
    kind: "freeipa",
    through: "sssd",
  });
  t.same(await domainIn({ "/etc/sssd/sssd.conf": sssd }), {
    name: "ad.example.test",
    kind: "active-directory",
    through: "sssd",
  });
  t.same(await domainIn({ "/etc/sssd/conf.d/ldap.conf": "[domain/ldap.test]\nid_provider = ldap\n" }), {
    name: "ldap.test",
    kind: "ldap",
    through: "sssd",
  });
  const samba = "[global]\n  workgroup = CORP\n  realm = CORP.EXAMPLE.TEST\n  security = ads\n";
  t.same(
    await domainIn({
      "/etc/samba/smb.conf": samba,
      "/etc/nsswitch.conf": "passwd: files [NOTFOUND=return] winbind\n",
    }),
    {
      name: "corp.example.test",
      kind: "active-directory",
      through: "winbind",
    },
  );
  t.same(await domainIn({ "/etc/samba/smb.conf": "[global]\nsecurity = domain\nworkgroup = OLD\n" }), {
    name: "OLD",
    kind: "windows-nt",
  });
  const kerberos = { "/etc/krb5.conf": "[libdefaults]\n\tdefault_realm = KRB.TEST\n" };
  t.same(await domainIn({ ...kerberos, "/etc/krb5.keytab": "keys" }), { name: "krb.test", kind: "kerberos" });
  t.equal(await domainIn(kerberos), undefined, "without keys of its own it belongs to nothing");
  const ldap = { "/etc/ldap/ldap.conf": "# x\nBASE\tou=People,dc=corp,dc=test\nURI ldap://x\n" };
  t.same(await domainIn({ ...ldap, "/etc/nsswitch.conf": "passwd:\tfiles ldap\n" }), {
    name: "corp.test",
    kind: "ldap",
    through: "ldap",
  });
  t.equal(await domainIn({ ...ldap, "/etc/nsswitch.conf": "passwd: files\ngroup: ldap\n" }), undefined);
  t.same(await domainIn({ "/etc/defaultdomain": "nis-dom\n", "/etc/nsswitch.conf": "passwd: files nis\n" }), {
    name: "nis-dom",
    kind: "nis",
    through: "nis",
  });
});

t.test("takes nothing for a domain that files come with", async (t) => {
  t.equal(
    await domainIn({
      "/etc/samba/smb.conf": "[global]\nworkgroup = WORKGROUP\nserver role = standalone server\n",
    }),
    undefined,
  );
  t.equal(
    await domainIn({
      "/etc/krb5.conf": "[libdefaults]\ndefault_realm = ATHENA.MIT.EDU\n",
      "/etc/krb5.keytab": "",
    }),
    undefined,
  );
  t.equal(
    await domainIn({
      "/etc/sssd/sssd.conf": "[sssd]\ndomains = shadowutils\n[domain/shadowutils]\nid_provider = proxy\n",
    }),
    undefined,
  );
  t.equal(await domainIn({}), undefined);
});

t.test("passes on no password", async (t) => {
  const found = await collected(t, "operating-system", {
    "/etc/os-release": "ID=x\n",
    "/etc/sssd/sssd.conf": sssd,
  });
  t.notMatch(JSON.stringify(found), /secret/);
});

t.test("passes its definition whatever the files hold", async () => {
  const paths = [
    "/etc/ipa/default.conf",
    "/etc/sssd/sssd.conf",
    "/etc/samba/smb.conf",
    "/etc/krb5.conf",
    "/etc/ldap/ldap.conf",
    "/etc/nsswitch.conf",
    "/etc/locale.conf",
  ];
  const word = fc.oneof(
    fc.constantFrom(
      "[global]\n",
      "realm=",
      "security=ads\n",
      "[sssd]\ndomains=",
      "passwd: ldap winbind\n",
      "BASE dc=",
      "LANG=",
      "\n",
    ),
    fc.string({ maxLength: 5 }),
  );
  const text = fc.array(word, { maxLength: 10 }).map((words) => words.join(""));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: paths.length, maxLength: paths.length }), async (texts) => {
      const tree = Object.fromEntries(paths.map((path, number) => [path, texts[number] ?? ""]));
      return (
        (await collected(t, "operating-system", { "/etc/os-release": "ID=x\n", ...tree })).status === "ok"
      );
    }),
    { numRuns: 40 },
  );
});
