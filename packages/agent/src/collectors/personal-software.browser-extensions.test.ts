// Browser extensions of everybody on the machine, from the files of their profiles.
import fc from "fast-check";
import t from "tap";
import {
  chromiumExtension,
  extensionSettings,
  messageOf,
  newestFolder,
} from "../linux/chromium-extensions.ts";
import { mozillaExtensions } from "../linux/mozilla-addons.ts";
import { collected, type Tree } from "../testing/collected.ts";

const section = "personal-software.browser-extensions";
const json = (value: unknown) => JSON.stringify(value);
const passwd = [
  "root:x:0:0:root:/root:/bin/bash",
  "daemon:x:1:1::/usr/sbin:/usr/sbin/nologin",
  "ada:x:1000:1000:Ada,,,:/home/ada:/bin/bash",
  "bob:x:1001:1001::/home/bob/:/bin/zsh",
  "backup:x:1002:1002::/home/backup:/usr/sbin/nologin",
  "nobody:x:65534:65534::/home/nobody:/bin/sh",
].join("\n");

const addon = (id: string, version: string, more: object = {}) => ({
  id,
  version,
  type: "extension",
  location: "app-profile",
  active: true,
  defaultLocale: { name: ` ${id.toUpperCase()} ` },
  ...more,
});
const firefox = (home: string, profile: string, ...addons: unknown[]): Tree => ({
  [`${home}/.mozilla/firefox/${profile}/extensions.json`]: json({ schemaVersion: 36, addons }),
});
const [ublock, keeper, docs] = ["cjpalhdlnbpafiamejdnhcphjbkeiagm", "a".repeat(32), "b".repeat(32)];
const chrome = "/home/ada/.config/google-chrome/Default";

t.test("tells the extensions of Firefox once, on where somebody has them on", async (t) => {
  const found = await collected(t, section, {
    "/etc/passwd": passwd,
    ...firefox(
      "/home/ada",
      "x1.default",
      addon("ublock", "1.60.0", { active: false }),
      addon("theme", "1.0", { type: "theme" }),
      addon("screenshots", "39.0", { location: "app-builtin" }),
      addon("formautofill", "1.0", { location: "app-system-defaults" }),
      { type: "extension", location: "app-profile" },
      "nonsense",
    ),
    ...firefox("/home/ada", "x2.work", addon("ublock", "1.60.0", { active: false })),
    ...firefox("/home/bob", "y.default", addon("ublock", "1.60.0"), addon("noscript", "11.4.1")),
    ...firefox("/home/backup", "z.default", addon("never", "1")),
    ...firefox("/home/nobody", "z.default", addon("never", "1")),
  });
  t.same(found.document, {
    extensions: [
      { browser: "firefox", id: "noscript", name: "NOSCRIPT", version: "11.4.1", enabled: true },
      { browser: "firefox", id: "ublock", name: "UBLOCK", version: "1.60.0", enabled: true },
    ],
  });
});

t.test("tells the extensions of Chromium's kin by the names that their messages give", async (t) => {
  const extensions = `${chrome}/Extensions`;
  const found = await collected(t, section, {
    "/etc/passwd": passwd,
    [`${chrome}/Preferences`]: json({ extensions: { settings: { [keeper]: { location: 1, state: 1 } } } }),
    [`${chrome}/Secure Preferences`]: json({
      extensions: { settings: { [ublock]: { disable_reasons: [1] }, [docs]: { location: 10 } } },
    }),
    [`${extensions}/${ublock}/1.9.0_0/manifest.json`]: json({ name: "older", version: "1.9.0" }),
    [`${extensions}/${ublock}/1.60.0_0/manifest.json`]: json({
      name: "__MSG_extName__",
      version: "1.60.0",
      default_locale: "en",
    }),
    [`${extensions}/${ublock}/1.60.0_0/_locales/en/messages.json`]: json({
      extname: { message: "uBlock Origin" },
    }),
    [`${extensions}/${keeper}/2.0_0/manifest.json`]: `\ufeff${json({ name: "Keeper", version: "2.0" })}`,
    [`${extensions}/${docs}/1.0_0/manifest.json`]: json({ name: "Comes with it", version: "1.0" }),
    [`${extensions}/Temp/1.0_0/manifest.json`]: json({ name: "none", version: "1.0" }),
    [`${extensions}/${"c".repeat(32)}/1.0_0/manifest.json`]: json({ name: "T", version: "1", theme: {} }),
    [`${extensions}/${"d".repeat(32)}/1.0_0/manifest.json`]: "{ broken",
    [`/home/bob/.config/opera/Extensions/${keeper}/2.1_0/manifest.json`]: json({
      name: "__MSG_x__",
      version: "2.1",
      default_locale: "../../secret",
    }),
  });
  t.same(found, {
    status: "ok",
    document: {
      extensions: [
        { browser: "chrome", id: keeper, name: "Keeper", version: "2.0", enabled: true },
        { browser: "chrome", id: ublock, name: "uBlock Origin", version: "1.60.0", enabled: false },
        { browser: "opera", id: keeper, version: "2.1" },
      ],
    },
    readings: {},
    diagnostics: [
      `~/.config/google-chrome/Default/Extensions/${"d".repeat(32)}/1.0_0/manifest.json: not JSON`,
    ],
  });
});

t.test("follows no link out of a home of another machine's tree", async (t) => {
  const found = await collected(t, section, {
    "/etc/passwd": passwd,
    ...firefox("/home/bob", "y.default", addon("bobs", "1")),
    "/home/ada/.mozilla": { link: "/home/bob/.mozilla" },
    "/root/.mozilla": { link: "../home/bob/.mozilla" },
    "/home/bob/.librewolf": { link: ".mozilla/firefox" },
  });
  const own = { document: { extensions: [{ browser: "firefox" }, { browser: "librewolf" }] } };
  t.match(found, own, "a link within the home is followed");
  const alone = await collected(t, section, {
    "/etc/passwd": passwd,
    ...firefox("/srv/secret", "y.default", addon("never", "1")),
    "/home/ada/.mozilla": { link: "/srv/secret/.mozilla" },
    "/root/.mozilla": { link: "../srv/secret/.mozilla" },
  });
  t.same(alone.status, "none");
});

t.test("has nothing to tell without people or extensions", async (t) => {
  t.match(await collected(t, section, { "/etc/passwd": passwd, "/home/ada": "folder" }), { status: "none" });
  t.match(await collected(t, section, firefox("/home/ada", "x", addon("never", "1"))), { status: "none" });
});

t.test("knows the newest folder by its numbers", async (t) => {
  t.equal(newestFolder(["1.9.0_0", "1.10.0_0", "1.10_0"]), "1.10.0_0");
  t.equal(newestFolder(["2.0_1", "2.0_0", "Temp"]), "2.0_1");
  t.equal(newestFolder(["metadata"]), undefined);
});

t.test("takes an extension for off by its state or by any reason", async (t) => {
  const enabled = (setting: unknown) =>
    extensionSettings({ extensions: { settings: { [keeper]: setting } } }).get(keeper)?.enabled;
  t.same(
    [
      {},
      { state: 1 },
      { state: 0 },
      { disable_reasons: 0 },
      { disable_reasons: 8192 },
      { disable_reasons: [] },
      7,
    ].map(enabled),
    [true, true, false, true, false, true, true],
  );
});

t.test("makes something of any profile, or nothing", async () => {
  const names = fc.constantFrom(
    "addons",
    "id",
    "version",
    "type",
    "extension",
    "extensions",
    "settings",
    keeper,
  );
  const any = fc.letrec((tie) => ({
    value: fc.oneof(fc.jsonValue(), names, fc.array(tie("value")), fc.dictionary(names, tie("value"))),
  })).value;
  fc.assert(
    fc.property(any, any, (one, other) => {
      mozillaExtensions(one);
      mozillaExtensions({ addons: [one, other] });
      extensionSettings({ extensions: { settings: { [keeper]: one } } });
      chromiumExtension(keeper, one, undefined, undefined);
      messageOf(one, "name");
    }),
    { numRuns: 200 },
  );
});
