// Applications of a Mac, from a tree of its folders.
import { utimesSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { collected, machineTree } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";

const facts = { platform: "darwin" } as const;

const info = (members: Readonly<Record<string, string>>): string =>
  `<plist version="1.0"><dict>${Object.entries(members)
    .map(([key, value]) => `<key>${key}</key><string>${value}</string>`)
    .join("")}</dict></plist>`;

const at = (path: string) => `${path}/Contents/Info.plist`;

async function applications(t: Test, tree: Readonly<Record<string, string | Uint8Array>>) {
  const root = machineTree(t, tree);
  for (const path of Object.keys(tree)) utimesSync(join(root, path), 0, Date.UTC(2024, 0, 2) / 1_000);
  return (await collected(t, "software.macos", root, { facts })).document;
}
const installedAt = "2024-01-02T00:00:00.000Z";

t.test("tells applications, those in folders of their maker too", async (t) => {
  const document = await applications(t, {
    [at("/Applications/Editor.app")]: info({
      CFBundleIdentifier: "org.example.editor",
      CFBundleName: "Editor",
      CFBundleDisplayName: "The Editor",
      CFBundleShortVersionString: "4.2",
      CFBundleVersion: "4217",
    }),
    [at("/Applications/Maker/Tool.app")]: info({
      CFBundleIdentifier: "org.example.tool",
      CFBundleVersion: "7",
    }),
    "/Applications/Store.app/Contents/_MASReceipt/receipt": "x",
    [at("/Applications/Store.app")]: info({ CFBundleIdentifier: "org.example.store", CFBundleName: "Store" }),
    [at("/System/Applications/Mail.app")]: info({
      CFBundleIdentifier: "com.apple.mail",
      CFBundleName: "Mail",
    }),
    [at("/Applications/Broken.app")]: "<plist><dict><key>CFBundleIdentifier",
    [at("/Applications/A/B/Deep.app")]: info({ CFBundleIdentifier: "org.example.deep" }),
  });
  t.same(document, {
    packages: [
      { name: "Mail", identifier: "com.apple.mail", vendor: "Apple Inc.", installedAt },
      { name: "Store", identifier: "org.example.store", repository: "Mac App Store", installedAt },
      { name: "The Editor", identifier: "org.example.editor", version: "4.2", build: "4217", installedAt },
      { name: "Tool", identifier: "org.example.tool", version: "7", build: "7", installedAt },
    ],
  });
});

t.test("reads the record of an application", { skip: withoutRecords }, async (t) => {
  const slack = record("macos/syft-Slack-Info.plist");
  t.same(await applications(t, { [at("/Applications/Slack.app")]: slack }), {
    packages: [
      {
        name: "Slack",
        identifier: "com.tinyspeck.slackmacgap",
        version: "4.50.128",
        build: "450000128",
        installedAt,
      },
    ],
  });
});
