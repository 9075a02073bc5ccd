/**
 * The limits of the wire, in one table; both ends go by it. Sizes in bytes. What a host may change, and the limits
 * that are the server's own business, stand in its configuration.
 */
const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  enrolmentBody: 16 * KiB,
  sessionBody: 16 * KiB,
  checkInBody: 64 * KiB,
  consentBody: 64 * KiB,
  /** What the person at a device asks or says: a field's longest text, and a reason. */
  correctionBody: 128 * KiB,
  sectionsBody: 8 * MiB,
  sectionsDecoded: 64 * MiB,
  sectionDecoded: 32 * MiB,
  /** Digested at most in search of the dictionary of a `dcz` body that comes without a `Dictionary-ID`. */
  dictionarySearch: 16 * MiB,
  /** Check-ins that a lost answer can cost at most; a larger jump of the counter is refused. */
  counterJump: 10_000,
  applications: 64,
  /** Bytes of a search query. */
  query: 4 * KiB,
  queryConditions: 64,
  queryParentheses: 64,
  /** What an agent takes as an answer at most. */
  answer: MiB,
  /** The same, for everything that a server stores of a device. */
  exportAnswer: 256 * MiB,
} as const;

/** Default time between check-ins: prime, so that it is coprime with a day. */
export const defaultIntervalSeconds = 3_607;
/** What an agent makes of any interval that a server names. */
export const intervalBounds = { least: 300, most: 7 * 86_400 } as const;
