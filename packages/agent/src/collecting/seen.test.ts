// What tells that a look again would find the same: files that stand as they stood, and nothing else was asked.
import {
  appendFileSync,
  existsSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { openLook, type WatchedLook } from "./look.ts";
import { standsAsSeen } from "./seen.ts";

/** The tests' files are new; by this clock they are old enough to be trusted. */
const later = () => Date.now() + 10_000;

function folder(t: Test, now = later) {
  const root = t.testdir({ file: "one", list: { x: "" } });
  symlinkSync("file", join(root, "link"));
  return { at: (name: string) => join(root, name), look: openLook({ root: null, reads: [root], now }) };
}
type Folder = ReturnType<typeof folder>;

function lookAtAll({ look, at }: Folder): void {
  look.text(at("file"));
  look.names(at("list"));
  look.exists(at("missing"));
  look.link(at("link"));
}

const changes: Readonly<Record<string, (at: Folder["at"]) => void>> = {
  "a file was appended to": (at) => appendFileSync(at("file"), "two"),
  "a file of the same size took its place": (at) => {
    writeFileSync(at("other"), "two");
    renameSync(at("other"), at("file"));
  },
  "a file was changed and its time set back": (at) => {
    writeFileSync(at("file"), "two");
    utimesSync(at("file"), 1, 1);
  },
  "a name was added to a folder": (at) => writeFileSync(at("list/y"), ""),
  "a name was removed": (at) => rmSync(at("list/x")),
  "something stands where nothing was": (at) => writeFileSync(at("missing"), ""),
  "a link points elsewhere": (at) => {
    rmSync(at("link"));
    symlinkSync("list", at("link"));
  },
};

for (const [what, change] of Object.entries(changes)) {
  t.test(`looks again when ${what}`, async (t) => {
    const made = folder(t);
    lookAtAll(made);
    const seen = made.look.seen();
    if (!seen) throw new Error("nothing was seen");
    t.equal(standsAsSeen(seen, later()), true);
    change(made.at);
    t.equal(standsAsSeen(seen, later()), false);
  });
}

t.test("trusts no file that changed a moment ago", async (t) => {
  const made = folder(t, Date.now);
  lookAtAll(made);
  t.equal(made.look.seen(), null);
});

const others: Readonly<Record<string, (look: WatchedLook) => unknown>> = {
  "a file of the kernel": (look) => look.text("/proc/version"),
  "a program": (look) => look.run("/bin/true", []),
  "the space of a file system": (look) => look.space("/"),
  "whether the system itself can be asked": (look) => look.live,
};

for (const [what, ask] of Object.entries(others)) {
  t.test(`remembers nothing of a look that asked for ${what}`, async (t) => {
    const root = t.testdir({ file: "one" });
    const reads = [root, "/proc/version"];
    const look = openLook({ root: null, reads, programs: ["/bin/true"], now: later });
    look.text(join(root, "file"));
    t.ok(look.seen());
    await ask(look);
    look.text(join(root, "file"));
    t.equal(look.seen(), null);
  });
}

const release = "/proc/sys/kernel/osrelease";
const noRelease = existsSync(release) ? false : "this kernel does not say which it is";

t.test("remembers which kernel runs by what it says", { skip: noRelease }, async (t) => {
  const look = openLook({ root: null, reads: [release], now: later });
  look.text(release);
  const seen = look.seen();
  if (!seen) throw new Error("nothing was seen");
  t.equal(standsAsSeen(seen, later()), true);
});

t.test("remembers nothing of another machine's tree", async (t) => {
  const look = openLook({ root: t.testdir({ etc: { a: "" } }), reads: ["/etc"], now: later });
  t.equal(look.text("/etc/a"), "");
  t.equal(look.seen(), null);
});
