// Section `software.flatpak`: what is deployed for the whole machine.
import { utimesSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { parseFlatpakDeploy } from "../linux/flatpak-deploy.ts";
import { collected, machineTree } from "../testing/collected.ts";

/** As GLib writes them. */
const firefox = Buffer.from(
  "ZmxhdGh1YgBjODRiOThlMDQxZTU4NzQ5ZTgyNGFlODNiYjJkZTZkYTI2OGYwYTBjYTE5ZjI5OTMyOWE2OTQzZGU3NjhjYjY3AAAAAAAAAAAAAAAAELJYQGRlcGxveS12ZXJzaW9uAAAEAAAAAGkPAHRpbWVzdGFtcAAAAAAAAAAAAAAAAAAAAAB0CgAAAAAAYXBwZGF0YS1uYW1lAAAAAABGaXJlZm94AAEKAGF7c3N9DQAAAAAAAGFwcGRhdGEtdmVyc2lvbgAxNTQuMC4xAABzEAAAAAAAcnVudGltZQBvcmcuZnJlZWRlc2t0b3AuUGxhdGZvcm0veDg2XzY0LzIzLjA4AABzCBczWnuxSQBJAAgA",
  "base64",
);
const locale = Buffer.from(
  "ZmVkb3JhAGM4NGI5OGUwNDFlNTg3NDllODI0YWU4M2JiMmRlNmRhMjY4ZjBhMGNhMTlmMjk5MzI5YTY5NDNkZTc2OGNiNjcAL2RlAC9mcgAECAAAAAAAAAAAAAAAABAAUkgH",
  "base64",
);

t.test("tells applications and runtimes once each", async (t) => {
  const [app, runtime] = ["/var/lib/flatpak/app", "/var/lib/flatpak/runtime"];
  const branch = `${app}/org.mozilla.firefox/x86_64/stable`;
  const root = machineTree(t, {
    [`${branch}/c84b98/deploy`]: firefox,
    [`${branch}/0dead/deploy`]: locale,
    [`${branch}/active`]: { link: "c84b98" },
    [`${app}/org.mozilla.firefox/current`]: { link: "x86_64/stable" },
    [`${app}/org.left.behind/x86_64`]: "folder",
    [`${runtime}/org.gnome.Platform.Locale/aarch64/47/active/deploy`]: locale,
    [`${runtime}/org.gnome.Platform/aarch64/47/active/deploy`]: "",
  });
  utimesSync(join(root, `${branch}/c84b98/deploy`), 0, Date.parse("2024-02-29T12:34:56Z") / 1_000);
  for (const name of ["org.gnome.Platform.Locale", "org.gnome.Platform"])
    utimesSync(join(root, `${runtime}/${name}/aarch64/47/active/deploy`), 0, 0);
  const gnome = { architecture: "aarch64", branch: "47", kind: "runtime" };
  t.same(await collected(t, "software.flatpak", root), {
    status: "ok",
    diagnostics: [],
    readings: {},
    document: {
      packages: [
        { name: "org.gnome.Platform", ...gnome },
        { name: "org.gnome.Platform.Locale", ...gnome, repository: "fedora", installedSize: 4_096 },
        {
          name: "org.mozilla.firefox",
          version: "154.0.1",
          architecture: "x86_64",
          branch: "stable",
          kind: "app",
          repository: "flathub",
          installedAt: "2024-02-29T12:34:56Z",
          installedSize: 280_123_456,
        },
      ],
    },
  });
  t.match(await collected(t, "software.flatpak", {}), { status: "none" });
});

t.test("takes what can be had from a broken file", async () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(firefox.length - 1), fc.nat(255)), { maxLength: 8 }),
      fc.nat(300),
      (changes, length) => {
        const damaged = Buffer.from(firefox);
        for (const [at, byte] of changes) damaged.writeUInt8(byte, at);
        const {
          origin = "",
          version = "",
          installedSize = 0,
        } = parseFlatpakDeploy(damaged.subarray(0, length));
        return origin.length + version.length <= 300 && Number.isSafeInteger(installedSize);
      },
    ),
  );
});
