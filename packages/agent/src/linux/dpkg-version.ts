/** How dpkg orders versions (deb-version(7)). */

/** Negative when `a` is the older one, positive when `b` is. */
export function compareDpkgVersions(a: string, b: string): number {
  if (a === b) return 0;
  const [one, other] = [partsOf(a), partsOf(b)];
  return (
    one.epoch - other.epoch ||
    compareParts(one.upstream, other.upstream) ||
    compareParts(one.revision, other.revision)
  );
}

function partsOf(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: colon === -1 ? 0 : Number.parseInt(version, 10) || 0,
    upstream: dash === -1 ? rest : rest.slice(0, dash),
    revision: dash === -1 ? "" : rest.slice(dash + 1),
  };
}

/** In turns a run of other characters and a number; `~` comes before everything, even the end, letters before the rest. */
function compareParts(a: string, b: string): number {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const order = rank(a, i) - rank(b, j);
      if (order !== 0) return order;
      i++;
      j++;
    }
    const [one, other] = [digitsAt(a, i), digitsAt(b, j)];
    i += one.length;
    j += other.length;
    const [x, y] = [one.replace(/^0+/, ""), other.replace(/^0+/, "")];
    if (x !== y) return x.length - y.length || (x < y ? -1 : 1);
  }
  return 0;
}

const isDigit = (text: string, at: number): boolean => text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57;

function digitsAt(text: string, from: number): string {
  let to = from;
  while (isDigit(text, to)) to++;
  return text.slice(from, to);
}

function rank(text: string, at: number): number {
  if (at >= text.length || isDigit(text, at)) return 0;
  const code = text.charCodeAt(at);
  if (code === 126) return -1;
  return /[A-Za-z]/.test(text.charAt(at)) ? code : code + 256;
}
