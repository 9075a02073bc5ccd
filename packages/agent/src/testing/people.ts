/** Homes of accounts that a test makes up: only root can give them away and be their people. */
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Test } from "tap";
import type { Home } from "../collecting/homes.ts";

export const rootOnly = process.getuid?.() === 0 ? false : "only root can be another person";

/** What stands in a home: a file's content, or a link's target. */
type Contents = Readonly<Record<string, string | { readonly link: string }>>;

/** A home for each, its own alone, in a folder that everybody can pass through. Accounts count from 71001. */
export function homesOfPeople(t: Test, ...people: readonly Contents[]): Home[] {
  const folder = mkdtempSync(join(tmpdir(), "people-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  return people.map((contents, at) => {
    const [path, uid, gid] = [join(folder, `home-${at}`), 71_001 + at, 72_001 + at];
    mkdirSync(path, { mode: 0o700 });
    for (const [name, content] of Object.entries(contents)) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      if (typeof content === "string") writeFileSync(file, content, { mode: 0o600 });
      else symlinkSync(content.link, file);
      for (let here = name; here !== "."; here = dirname(here)) lchownSync(join(path, here), uid, gid);
    }
    chownSync(path, uid, gid);
    return { path, uid, gid };
  });
}
