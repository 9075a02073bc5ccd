/** Whether a folder is this account's alone: whoever else can write into it, or put another in its place, owns what is in it. */
import { lstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

const groupOrOthers = 0o022;
const others = 0o002;
const sticky = 0o1000;

/**
 * Why a folder is not to be trusted with secrets, in words that say what to do; null when it is, or is not there yet.
 * Windows has no such owners and modes: its folders are what their access lists make them.
 */
export function whyNotOwn(folder: string, account = process.getuid?.()): string | null {
  if (account === undefined) return null;
  const path = resolve(folder);
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts && facts.uid !== account)
    return `${path} belongs to another account (uid ${facts.uid}, not ${account}); give it to the one that runs this, or name another directory`;
  if (facts && facts.mode & groupOrOthers)
    return `${path} can be written by others than its owner; look at what is in it, then chmod go-w ${path}`;
  const link = lstatSync(path, { throwIfNoEntry: false });
  if (link?.isSymbolicLink() && link.uid !== account && link.uid !== 0)
    return `${path} is a link of another account (uid ${link.uid}); name the directory itself`;
  const ways = facts ? [path, realpathSync(path)] : [path];
  const open = ways.flatMap(parentsOf).find((parent) => isOpen(statSync(parent, { throwIfNoEntry: false })));
  return open === undefined
    ? null
    : `${path} can be replaced by everybody, who can write ${open}; choose a directory elsewhere, or chmod o-w ${open}`;
}

/** In one that is sticky, as /tmp is, nobody moves what is another's. */
const isOpen = (facts: Stats | undefined) =>
  facts !== undefined && (facts.mode & others) !== 0 && (facts.mode & sticky) === 0;

function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...parentsOf(parent)];
}
