/** A folder with secrets is refused when anybody else can write it or put another in its place. */
import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { whyNotOwn } from "./own-folder.ts";

const root = process.getuid?.() === 0;
const rootOnly = !root && "only root gives a folder to another account";
const withoutOwners = process.getuid === undefined && "Windows has no such owners and modes";
const nobody = 65_534;

t.test(
  "trusts its own, whoever reads it, and one that is not there yet",
  { skip: withoutOwners },
  async (t) => {
    const path = join(t.testdir({ own: {} }), "own");
    for (const mode of [0o700, 0o755, 0o711]) {
      chmodSync(path, mode);
      t.equal(whyNotOwn(path), null, mode.toString(8));
    }
    t.equal(whyNotOwn(join(path, "new", "below")), null);
  },
);

t.test("refuses one that its group or others can write", { skip: withoutOwners }, async (t) => {
  const path = join(t.testdir({ own: {} }), "own");
  for (const mode of [0o770, 0o720, 0o702, 0o1777]) {
    chmodSync(path, mode);
    t.match(whyNotOwn(path), `${path} can be written by others than its owner`, mode.toString(8));
  }
});

t.test(
  "refuses one below a folder that everybody can write, unless that is sticky",
  { skip: withoutOwners },
  async (t) => {
    const open = join(t.testdir({ open: { below: { own: {} } }, link: {} }), "open");
    const [own, link] = [join(open, "below", "own"), join(t.testdirName, "link", "own")];
    symlinkSync(own, link);
    chmodSync(open, 0o777);
    for (const path of [own, link, join(open, "new")])
      t.match(whyNotOwn(path), `${path} can be replaced by everybody, who can write ${open};`);
    chmodSync(open, 0o1777);
    for (const path of [own, link, join(open, "new")]) t.equal(whyNotOwn(path), null, path);
  },
);

t.test(
  "refuses one of another account, and a link of another account",
  { skip: withoutOwners || rootOnly },
  async (t) => {
    const folder = t.testdir({ theirs: {} });
    const [theirs, link] = [join(folder, "theirs"), join(folder, "link")];
    chownSync(theirs, nobody, nobody);
    t.match(whyNotOwn(theirs), `${theirs} belongs to another account (uid ${nobody}, not 0)`);
    t.equal(whyNotOwn(theirs, nobody), null);
    mkdirSync(join(folder, "ours"));
    symlinkSync(join(folder, "ours"), link);
    lchownSync(link, nobody, nobody);
    t.match(whyNotOwn(link), `${link} is a link of another account`);
  },
);
