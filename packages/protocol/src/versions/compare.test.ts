/**
 * Rules of versions against tables after their makers' own tests and manuals: each line is in ascending order, what
 * stands in one list is equal.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import type { VersionOrder } from "../fields.ts";
import { allSections } from "../registry.ts";
import { anyCharacter } from "../testing/any-character.ts";
import { versionOrders, versionRulesOf } from "./compare.ts";

type Ascending = readonly (string | readonly string[])[];

const tables: Readonly<Record<VersionOrder, readonly Ascending[]>> = {
  // Debian Policy 5.6.12 and dpkg's t-version.c
  dpkg: [
    ["~~", "~~a", "~", "", "a"],
    ["1.0~beta1~svn1245", "1.0~beta1", "1.0", "1.0+b1", "1.0.1"],
    [["0:0", "0", "0-0", "00", "0:0-00", "0-"], "0-1", "1-0", "1:0"],
    ["1.2.3", "1.2.3-1", "1.2.3-2", "1.2.3-10", "1.2.3-10+deb12u1", "1.2.4-1"],
    ["3.0.15-1~deb12u1", ["3.0.15-1", "3.0.15-01"], "3.0.17-1~deb12u2", "3.0.17-1"],
    ["0:1-1", "0:2-1", "1:0-1", "10:0-1"],
    ["1a", "1b", "1+", "1."],
    ["7.6-0", "7.6p2-4"],
    ["1.0-1", "1.0.3-3"],
    ["2.4.99999999999999999998", "2.4.99999999999999999999", "2.4.100000000000000000000"],
    ["1-2-3", "1-2-4", "1-3-1"],
  ],
  // rpm's tests/rpmvercmp.at
  rpm: [
    ["1.0", "2.0"],
    ["2.0", "2.0.1"],
    ["2.0.1", "2.0.1a"],
    ["5.5p1", "5.5p2", "5.5p10"],
    ["10xyz", "10.1xyz"],
    ["xyz10", "xyz10.1"],
    ["xyz.4", "8"],
    ["xyz.4", "2"],
    ["5.5p2", "5.6p1"],
    ["5.6p1", "6.5p1"],
    ["6.0", "6.0.rc1"],
    ["10a2", "10b2"],
    [["2_0", "2.0", "2.0."]],
    [["10.0001", "10.1"], "10.0039"],
    [["4.999.9"], "5.0"],
    [["20101121"], "20101122"],
    [["a", "a+", "a_"]],
    ["1.0~rc1~git123", "1.0~rc1", "1.0~rc2", "1.0", "1.0^", "1.0^git1", "1.0^git2", "1.0.1"],
    ["1.0^git1~pre", "1.0^git1", "1.0^git1^20160101", "1.0^20160102"],
    ["3.0.7-24.el9", "3.0.7-27.el9", "1:1.0-1.el9", "2:0.1-1"],
    ["1.5", "1.5-1"],
  ],
  // apk-tools' test/version.data
  apk: [
    ["0.1.0_alpha", "0.1.0_alpha2", "0.1.0_beta", "0.1.0_pre", "0.1.0_rc", "0.1.0", "0.1.0_cvs", "0.1.0_p1"],
    ["0.1.3_alpha", "2.2.39-r1"],
    ["1.0.4-r3", "1.0.4-r4", "1.6"],
    ["3.0.8", "3.0.8-r0", "3.0.8-r3", "3.0.15-r0", "3.0.15-r1"],
    ["2.3", "2.3b", "2.3.1"],
    ["3.0a", "3.0b", "3.0c"],
    ["0.9.05", "0.9.1", "0.9.9", "0.9.10"],
    ["1.2.4_p1", "1.2.4_p2", "1.2.4_p10"],
    ["13.0_alpha17", "13.1_alpha1"],
    ["1.0.2_p1_alpha", "1.0.2_p1"],
    ["1.0~1234", "1.0~1235", "1.0.1"],
    ["not one", "0"],
  ],
  // pacman's test/util/vercmptest.sh
  alpm: [
    [["1.5.0", "1.5.0-1"], "1.5.1"],
    ["1.5", "1.5.1"],
    ["1.5.0-1", "1.5.0-2", "1.5.1-1"],
    ["1.5b-1", "1.5-1"],
    ["1.5b", "1.5", "1.5.1"],
    ["1.0a", "1.0alpha", "1.0b", "1.0beta", "1.0rc", "1.0"],
    ["1.5", "1.5.a", "1.5.b", "1.5.1"],
    [["1.5.b", "1.5.b-1"]],
    [
      ["2.0", "2_0"],
      ["2.0_a", "2.0.a"],
    ],
    ["2.0a", "2.0.a"],
    ["2_a", "2___a"],
    [["0:1.0", "1.0"], "0:1.1", "1:1.0", "1:1.1", "2:1.1"],
    ["1:1.0", "1:1.0.", "1:1.1"],
    [["1:1.0-1", "1:1.0"], "1:1.0.1"],
  ],
  // semver.org 2.0.0, section 11, and node-semver's fixtures
  semver: [
    ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11"],
    ["1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0", "2.1.1"],
    ["0.0.0-foo", "0.0.0", "0.0.1"],
    ["0.9.9", "0.10.0", "0.99.0"],
    ["1.2.3-4", "1.2.3-4-foo", "1.2.3-5-foo", "1.2.3-a"],
    [["1.0.0", "v1.0.0", "=1.0.0", "1.0.0+build.7", "1.0", "1.0.0.0"], "1.0.0.1"],
    ["not one", "0.0.0-0"],
    ["9007199254740993.0.0", "9007199254740994.0.0"],
  ],
  // PEP 440 and packaging's tests/test_version.py
  pep440: [
    [
      "1.0.dev456",
      "1.0a1",
      "1.0a2.dev456",
      "1.0a12.dev456",
      "1.0a12",
      "1.0b1.dev456",
      "1.0b2",
      "1.0b2.post345",
    ],
    ["1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7"],
    ["1.0+abc.7", "1.0+5", "1.0.post456.dev34", "1.0.post456", "1.1.dev1", "1.2+123abc", "1.2+123abc456"],
    ["1.2+abc", "1.2+abc123", "1.2+abc123def", "1.2+1234.abc", "1.2+123456", "1.2.r32+123456", "1.2.rev33+1"],
    ["2.0", "1!1.0.dev456", "1!1.0a1", "1!1.0", "1!1.0.post456.dev34", "1!1.2.rev33+123456"],
    [["1.0", "1", "1.0.0", "v1.0", " 1.0\n"], "1.0.1"],
    [["1.0a1", "1.0.alpha1", "1.0-ALPHA-1", "1.0_a_1"]],
    [["1.0rc1", "1.0c1", "1.0.pre1", "1.0preview1"]],
    [["1.0.post1", "1.0-1", "1.0r1", "1.0.rev1"]],
    [["1.0.post0", "1.0.post"], ["1.0.post1"]],
    ["french toast", "0.dev0"],
  ],
  // rubygems' test_gem_version.rb
  rubygems: [
    [["1.0", "1", "1.0.0"], "1.8.2"],
    ["1.8.2.b9", "1.8.2.b10", "1.8.2"],
    ["1.8.2.a", "1.8.2.a9", "1.8.2.a10", "1.8.2"],
    ["5.0.0.rc2", "5.0.0"],
    ["1.9.3", "1.9.3.1"],
    ["2.0.0.dev", "2.0.0.pre", "2.0.0"],
    [["1.0-1", "1.0.pre.1"], "1.0"],
    ["0.beta.1", "0.0"],
    ["1.2.b1", "1.2"],
    ["9.8.7", "9.9", "9.10"],
  ],
  natural: [
    ["1.0", "1.0b", "1.0.1", "1.9", "1.10"],
    ["10.0.19041.928", "10.0.22000.1"],
    [["1.0", "1-0", "1_0", "01.0"]],
    [["2.0 RC", "2.0-rc"], "2.0.1"],
    ["", "a", "b", "0"],
    ["23H2", "24H1", "24H2"],
    ["2024.12.31", "2025.1.1"],
  ],
};

for (const [order, lines] of Object.entries(tables)) {
  t.test(`orders versions as ${order} does`, async (t) => {
    const compare = versionOrders[order as VersionOrder]; // a key of the table above
    for (const line of lines) {
      const places = line.flatMap((same, place) => [same].flat().map((version) => ({ version, place })));
      const found = places.flatMap((a) => places.map((b) => sign(compare(a.version, b.version))));
      const meant = places.flatMap((a) => places.map((b) => sign(a.place - b.place)));
      t.strictSame(found, meant, line.join(" < "));
    }
  });
}

/** Some signs that every rule knows, and any other. */
const version = fc.string({
  unit: fc.oneof(
    { arbitrary: fc.constantFrom(..."0123ab.-~+_^:!"), weight: 9 },
    { arbitrary: fc.constantFrom("rc", "dev", "post", "_p", "-r", "alpha"), weight: 2 },
    { arbitrary: anyCharacter, weight: 1 },
  ),
  maxLength: 9,
});

/** pacman's own rule goes in circles where signs stand at an end or side by side, or where some have no release. */
const forAlpm = fc.stringMatching(/^[0-2a]{1,2}(\.[0-2ab]{1,2}){0,2}-[01]$/);

for (const [order, compare] of Object.entries(versionOrders)) {
  t.test(`gives any versions one order by the rule ${order}`, async () => {
    const any = order === "alpm" ? forAlpm : version;
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        assert.equal(compare(a, a), 0);
        assert.equal(sign(compare(a, b)), 0 - sign(compare(b, a)));
        const [low, middle, high] = [a, b, c].sort(compare);
        assert.ok(compare(low ?? "", middle ?? "") <= 0 && compare(low ?? "", high ?? "") <= 0);
        assert.ok(compare(middle ?? "", high ?? "") <= 0);
        if (compare(a, b) === 0) assert.equal(sign(compare(a, c)), sign(compare(b, c)));
      }),
      { numRuns: 2_000 },
    );
  });
}

function sign(number: number): -1 | 0 | 1 {
  return number === 0 ? 0 : number < 0 ? -1 : 1;
}

t.test("knows the rule of every source that has versions", async (t) => {
  const rules = versionRulesOf(allSections);
  const order = (source: string) =>
    Object.entries(versionOrders).find(([, compare]) => compare === rules.get(source))?.[0];
  t.strictSame(Object.fromEntries([...rules.keys()].sort().map((source) => [source, order(source)])), {
    apk: "apk",
    appimage: "natural",
    appx: "natural",
    brew: "natural",
    "browser-extensions": "semver",
    cargo: "semver",
    deb: "dpkg",
    "editor-extensions": "semver",
    firmware: "natural",
    flatpak: "natural",
    gem: "rubygems",
    images: "natural",
    macos: "natural",
    npm: "semver",
    opkg: "dpkg",
    pacman: "alpm",
    pip: "pep440",
    rpm: "rpm",
    snap: "natural",
    windows: "natural",
  });
});
