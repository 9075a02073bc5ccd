/** Versions as Gem::Version compares them: numbers by size, letters below any number, zeros at ends do not count. */
import { compareDigits, compareEach, compareText } from "./runs.ts";

export function compareRubygems(a: string, b: string): number {
  const [x, y] = [segmentsOf(a), segmentsOf(b)];
  return compareEach(Math.max(x.length, y.length), (index) => {
    const [here, there] = [x[index] ?? "0", y[index] ?? "0"];
    const [isNumber, other] = [isDigits(here), isDigits(there)];
    if (isNumber !== other) return isNumber ? 1 : -1;
    return isNumber ? compareDigits(here, there) : compareText(here, there);
  });
}

/** `1.0-2` is `1.0.pre.2`; what neither digit nor letter is only parts them. */
function segmentsOf(version: string): readonly string[] {
  const all = version.replaceAll("-", ".pre.").match(/[0-9]+|[a-zA-Z]+/g) ?? [];
  const text = all.findIndex((segment) => !isDigits(segment));
  const numbers = text < 0 ? all.length : text;
  return [...withoutZeros(all.slice(0, numbers)), ...withoutZeros(all.slice(numbers))];
}

const withoutZeros = (segments: readonly string[]): readonly string[] =>
  segments.slice(0, segments.findLastIndex((segment) => !/^0+$/.test(segment)) + 1);

const isDigits = (segment: string): boolean => /^[0-9]/.test(segment);
