/** Text as firmware and drives tell it: their encoding, their padding, and what makers leave where a value belongs. */

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Firmware says nowhere which encoding it uses: UTF-8 where it is that, else Latin-1, which any bytes are. */
export function decodeFirmwareText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("latin1");
  }
}

/** One line without control characters, each run of blanks one blank; undefined when nothing is left. */
export function clean(text: string | undefined): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go.
  const line = text?.replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  return line === "" ? undefined : line;
}

/** The value that the text tells; undefined when it is a maker's placeholder. */
export function told(text: string | undefined): string | undefined {
  const value = clean(text);
  return value === undefined || isPlaceholder(value) ? undefined : value;
}

/** Placeholders, written as `keyOf` writes them. */
const placeholders: ReadonlySet<string> = new Set([
  "asusnotebooksku",
  "badindex",
  "blank",
  "default",
  "defaultstring",
  "empty",
  "error",
  "filledbyoem",
  "fillbyoem",
  "invalid",
  "jedecid",
  "na",
  "nil",
  "none",
  "null",
  "oem",
  "oemstring",
  "other",
  "outofspec",
  "string",
  "system",
  "tba",
  "tbd",
  "type1productconfigid",
  "type1skunumber",
  "undef",
  "unspecified",
]);

/** What placeholders begin with: makers add numbers, dots and words to these. */
const beginnings = [
  "noasset",
  "nodimm",
  "noenclosure",
  "nomodule",
  "noserial",
  "notapplicable",
  "notassigned",
  "notavailable",
  "notdefined",
  "notinstalled",
  "notpresent",
  "notprovided",
  "notset",
  "notspecified",
  "tobedefined",
  "tobefilled",
  "tobeset",
  "unassigned",
  "undefined",
  "unknown",
];

/** Names of the field itself, as in "System Product Name", "Base Board Serial Number", "SKU". */
const fieldName =
  /^(?:type\d)?(?:system|product|baseboard|board|chassis|enclosure|module|memory)?(?:serial|product|part|model|sku|asset|manufacturer|manufacture|vendor|version|family|name|number|tag)+$/;

/** The same with the number of the slot, as in "Manufacturer0", "A1_AssetTagNum0", "Array1_PartNumber0". */
const numberedFieldName =
  /^(?:(?:a|array|dimm|bank)\d{1,2})?(?:module)?(?:manufacturer|assettag|(?:ser|serial|part|assettag)num(?:ber)?)\d{1,2}$/;

/** What makers count up to fill a field. */
const counts = [
  "01234567890123456789012345678901234567890123456789",
  "12345678901234567890123456789012345678901234567890",
  "0123456789abcdef0123456789abcdef",
  "123456789abcdef",
];

function isPlaceholder(value: string): boolean {
  const key = keyOf(value);
  return (
    key === "" ||
    placeholders.has(key) ||
    beginnings.some((beginning) => key.startsWith(beginning)) ||
    // Dell's "SKU=NotProvided;ModelName=PowerEdge R7525".
    key.startsWith("skunotprovided") ||
    fieldName.test(key) ||
    numberedFieldName.test(key) ||
    isOneCharacter(key) ||
    isCount(key)
  );
}

/** Letters and digits alone, for makers write "To Be Filled By O.E.M." in many ways. */
function keyOf(value: string): string {
  return value.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** "0", "00000000", "0x0000", "JEDEC ID:00 00", "FFFFFFFF", "XXXX"; but an asset may be number 7, or 11. */
function isOneCharacter(key: string): boolean {
  const said = key.replace(/^(?:0x|jedecid)/, "");
  const [first = ""] = said;
  return new Set(said).size <= 1 && (said.length > 3 || "0fx".includes(first));
}

/** "123456789", and with letters before a long count "BSN12345678901234567", "MB-1234567890". */
function isCount(key: string): boolean {
  const [letters = ""] = /^[a-z]{1,6}(?=\d)/.exec(key) ?? [];
  const count = key.slice(letters.length);
  return count.length >= (letters === "" ? 5 : 9) && counts.some((digits) => digits.startsWith(count));
}
