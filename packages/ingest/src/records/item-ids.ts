/** The ids of a document's items as a section's row has them: each list by its length, then ids, ascending, each as the distance to the one before; numbers of seven bits a byte (LEB128). */

export function encodeIds(lists: readonly (readonly number[])[]): Buffer {
  const bytes: number[] = [];
  for (const ids of lists) {
    pushNumber(bytes, ids.length);
    let before = 0;
    for (const id of ids.toSorted((a, b) => a - b)) {
      pushNumber(bytes, id - before);
      before = id;
    }
  }
  return Buffer.from(bytes);
}

function pushNumber(bytes: number[], value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} cannot be written`);
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}

/** Throws where these are no ids. */
export function decodeIds(bytes: Uint8Array): number[][] {
  const numbers = numbersIn(bytes);
  const lists: number[][] = [];
  for (let at = 0; at < numbers.length; ) {
    const count = numbers[at] ?? 0;
    const distances = numbers.slice(at + 1, at + 1 + count);
    if (distances.length < count) throw new Error("a list of items is cut short");
    let before = 0;
    lists.push(
      distances.map((distance) => {
        before += distance;
        return before;
      }),
    );
    at += 1 + count;
  }
  return lists;
}

function numbersIn(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let [value, weight] = [0, 1];
  for (const byte of bytes) {
    value += (byte & 0x7f) * weight;
    weight *= 0x80;
    if (!Number.isSafeInteger(value)) throw new Error("the id of an item is too large");
    if (byte >= 0x80) continue;
    numbers.push(value);
    [value, weight] = [0, 1];
  }
  if (weight > 1) throw new Error("the id of an item is cut short");
  return numbers;
}
