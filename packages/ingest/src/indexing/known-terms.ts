/**
 * Numbers of terms that were asked for of late. Found by the parts of a value one after the other, because putting
 * them together to one key, for each of the hundreds of values of a device, costs more than all of its merge.
 */
import type { SearchValue } from "@rollcall/protocol";

/** What is had by many, or sorted; nobody asks for the number of a key. */
export type TermValue = Exclude<SearchValue, { as: "key" }>;

/** Terms in memory at most; then all are let go of. */
const mostKept = 200_000;

type Tree<Leaf> = Map<string | number, Leaf>;

export class KnownTerms {
  #byField: Tree<Tree<number | Tree<Tree<number>>>> = new Map();
  #count = 0;

  get(field: number, value: TermValue): number | undefined {
    const ofField = this.#byField.get(field);
    const found = ofField?.get(partOf(value));
    if (typeof found !== "object" || value.as !== "title")
      return typeof found === "number" ? found : undefined;
    return found.get(value.title)?.get(value.version ?? "");
  }

  set(field: number, value: TermValue, id: number): void {
    if (this.#count >= mostKept) this.clear();
    this.#count++;
    const ofField = branch(this.#byField, field);
    if (value.as !== "title") {
      ofField.set(partOf(value), id);
      return;
    }
    const known = ofField.get(value.source);
    const ofSource: Tree<Tree<number>> = typeof known === "object" ? known : new Map();
    ofField.set(value.source, ofSource);
    branch(ofSource, value.title).set(value.version ?? "", id);
  }

  /** By the columns of the term's row. */
  delete(field: number, shown: string, version: string, source: string, number: number): void {
    const ofField = this.#byField.get(field);
    // A number has no text, but a text may be empty: each is taken out where it would be.
    ofField?.delete(number);
    const ofSource = source === "" ? undefined : ofField?.get(source);
    if (typeof ofSource === "object") ofSource.get(shown)?.delete(version);
    else ofField?.delete(shown);
  }

  clear(): void {
    this.#byField = new Map();
    this.#count = 0;
  }
}

/** By what a value is found first in its field. */
function partOf(value: TermValue): string | number {
  switch (value.as) {
    case "number":
      return value.number;
    case "title":
      return value.source;
    default:
      return value.text;
  }
}

function branch<Leaf>(tree: Tree<Tree<Leaf>>, key: string | number): Tree<Leaf> {
  const known = tree.get(key);
  if (known) return known;
  const made: Tree<Leaf> = new Map();
  tree.set(key, made);
  return made;
}
