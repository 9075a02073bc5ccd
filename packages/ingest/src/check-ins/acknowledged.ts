/** What a device was acknowledged, as far as it is at hand: each section is read once, whatever it is needed for. */
import type { Status } from "@rollcall/protocol";
import { type Documented, type ReadDocument, readDocument } from "../records/stored-document.ts";
import { type PackedVersion, packVersion } from "../records/versions.ts";

/** A section as it was last acknowledged. */
export interface AcknowledgedSection extends Documented {
  readonly schema: number;
  readonly status: Status;
}

/** `text`: the canonical form. */
interface NextDocument {
  readonly digest: string;
  readonly text: string;
  readonly value: unknown;
}

export class Acknowledged {
  readonly sections: readonly AcknowledgedSection[];
  readonly #read = new Map<AcknowledgedSection, ReadDocument | null | undefined>();

  constructor(sections: readonly AcknowledgedSection[]) {
    this.sections = sections;
  }

  /** null where there is no document, undefined where it cannot be read any more. */
  document(section: AcknowledgedSection): ReadDocument | null | undefined {
    if (!this.#read.has(section)) this.#read.set(section, readDocument(section));
    return this.#read.get(section);
  }

  /** The document that another one takes the place of, as history keeps it; null where there is none, or it is not at hand. */
  supersededBy(name: string, next: NextDocument): PackedVersion | null {
    const section = this.sections.find((each) => each.name === name);
    if (!section || section.body === null || section.digest === null || section.digest === next.digest)
      return null;
    const after = { bytes: Buffer.from(next.text), value: () => next.value };
    return packVersion({ ...section, digest: section.digest }, this.document(section), after);
  }
}
