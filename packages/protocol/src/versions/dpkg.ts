/** Versions as dpkg compares them (Debian Policy 5.6.12, deb-version(7)); opkg does the same. */
import { compareDigits, compareEach, partsOf } from "./runs.ts";

export function compareDpkg(a: string, b: string): number {
  const [x, y] = [partsOf(a), partsOf(b)];
  return (
    compareDigits(x.epoch, y.epoch) ||
    comparePart(x.upstream, y.upstream) ||
    comparePart(x.release ?? "", y.release ?? "")
  );
}

/** Text and numbers in turns, beginning with text, either of which may be empty. */
function comparePart(a: string, b: string): number {
  const [x, y] = [turnsOf(a), turnsOf(b)];
  return compareEach(Math.max(x.length, y.length), (turn) => {
    const [here, there] = [x[turn] ?? "", y[turn] ?? ""];
    return turn % 2 === 0 ? compareSigns(here, there) : compareDigits(here, there);
  });
}

const turnsOf = (part: string): readonly string[] =>
  [...part.matchAll(/([^0-9]*)([0-9]*)/g)].flatMap(([, text = "", digits = ""]) => [text, digits]);

function compareSigns(a: string, b: string): number {
  return compareEach(Math.max(a.length, b.length), (index) => weight(a, index) - weight(b, index));
}

/** A tilde before the end, the end before letters, letters before all other signs. */
function weight(text: string, index: number): number {
  const sign = text[index];
  if (sign === undefined) return 0;
  if (sign === "~") return -1;
  const code = text.charCodeAt(index);
  return /[a-zA-Z]/.test(sign) ? code : code + 0x1_0000;
}
