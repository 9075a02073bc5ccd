/** What an index file holds cannot be what was written: it is derived, so it is made anew. */
export class IndexDamaged extends Error {
  constructor(what: string) {
    super(`the index is damaged: ${what}`);
    this.name = "IndexDamaged";
  }
}
