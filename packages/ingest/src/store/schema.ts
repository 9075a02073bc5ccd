/** The tables as Kysely sees them. Instants are milliseconds since 1970; JSON columns hold text. */
import type { GrantChange, Ownership, Status } from "@rollcall/protocol";
import type { Generated } from "kysely";

export interface DeviceTable {
  /** Never used twice; logs name a device by it. */
  ordinal: Generated<number>;
  id: string;
  group_name: string;
  ownership: Ownership;
  first_seen_at: number;
  last_seen_at: number;
  /** Since when it does not check in any more, by an operator's word. */
  retired_at: number | null;
  /** JSON: columns of the device list by the section that fills them, `{SECTION: {COLUMN: value}}`. */
  summary: string;
  /** The host name folded, to sort by. */
  sort_name: string;
  /** The merge by which another device goes on for this one; nobody sees it until that is undone. */
  merge: Generated<number | null>;
  /** Until when a device without an installation is kept, so that an admin can still merge it. */
  kept_until: Generated<number | null>;
}

/** At most one for each device: the one that goes on for it now. */
export interface InstallationTable {
  ordinal: Generated<number>;
  id: string;
  device: number;
  key: string;
  token: number;
  enrolled_at: number;
  /** JSON: as of the last check-in. */
  applications: string;
  /** 0 before the first check-in. */
  counter: number;
  check_in_nonce: string | null;
  /** JSON: the answer to the latest check-in, given again to a repeat. */
  check_in_answer: string | null;
  check_in_at: number | null;
  state_digest: string;
  /** Of the sections and schemas that the device was last told this server takes. */
  accepts_digest: string;
  consent_number: number;
  /** JSON. */
  grants: string;
  /** JSON: the receipt of the current consent, given again to a repeat. */
  consent_receipt: string | null;
  session_hash: Uint8Array | null;
  session_expires_at: number | null;
  /** Since when its identity is in doubt: its key opens nothing but the enrolment of a successor. */
  doubted_at: Generated<number | null>;
  /** In doubt: when it is deleted, unless another successor is there; the person of the one that it had deleted that. */
  delete_at: Generated<number | null>;
  /** The installation whose successor it is, until that doubt is settled. */
  succeeds: Generated<number | null>;
  /** The first installation of those that succeeded each other; null for one that succeeded none. */
  lineage: Generated<number | null>;
  /** 1: its device is another than its enrolment named. */
  moved: Generated<number>;
}

/** Installations that go on for no device any more. Their keys are known, so that a copy that turns up late is told. */
export interface FormerInstallationTable {
  ordinal: number;
  id: string;
  device: number;
  key: string;
  token: number;
  /** JSON: as they were when it ended. */
  grants: string;
  lineage: number | null;
  /** Since when a successor that came late waits to be told from the one that goes on for the device. */
  doubted_at: number | null;
  /** 1: it was copied, and nobody goes on for it. */
  copied: number;
  /** When it ended or last had a successor. */
  heard_at: number;
}

/** What an admin should know of a device. */
export interface DeviceNoteTable {
  device: number;
  kind: "copied";
  /** The device that it is about; others may have a note of the same. */
  about: number;
  at: number;
}

/** Devices that an admin made one, until that is undone or over. */
export interface MergeTable {
  id: Generated<number>;
  /** The device that goes on. */
  device: number;
  /** The device whose installation it goes on with; null: its own. */
  other: number | null;
  at: number;
  by: string;
}

/** What an installation's sections are. */
export interface RecordTable {
  installation: number;
  /** Equal where the hardware hint is: `records/hints.ts`. */
  hint: number | null;
  /** `records/record-codec.ts` */
  body: Uint8Array;
}

/** That sections of an installation became something else. */
export interface ChangeTable {
  id: Generated<number>;
  installation: number;
  since: number;
  /** Their numbers, of seven bits a byte (LEB128). */
  sections: Uint8Array;
}

/** The numbers that stand for sections in records. */
export interface SectionNameTable {
  number: Generated<number>;
  name: string;
}

/** What the small documents of records are compressed against, former ones among them. */
export interface DictionaryTable {
  number: Generated<number>;
  /** SHA-256 of the body, base64url. */
  digest: string;
  body: Uint8Array;
}

/** An item of a list, stored once for the fleet; nothing in it is a device's own. */
export interface ItemTable {
  id: Generated<number>;
  section: string;
  /** Of section and body. */
  hash: string;
  /** `records/item-text.ts` */
  body: string;
  /** The one installation that ever had it; null once another did. */
  owner: number | null;
  /** The sweep that ran, or had run last, when somebody took it up. */
  seen: number;
}

/** Items that something let go of, until a sweep has looked whether somebody has them. */
export interface ReleasedItemsTable {
  id: Generated<number>;
  /** As a record has them. */
  items: Uint8Array;
}

/** What a section was before it changed. */
export interface SectionHistoryTable {
  id: Generated<number>;
  installation: number;
  name: string;
  /** When it became this, and when it was superseded. */
  since: number;
  at: number;
  schema: number;
  status: Status;
  digest: string;
  /** 1: the body stands by itself; 0: it is read with the next newer document as dictionary. */
  whole: number;
  /** zstd of the canonical document. */
  body: Uint8Array;
}

/** When a software title was seen in the fleet: source, name and version, by their number. */
export interface TitleTable {
  id: Generated<number>;
  /** `records/title-hash.ts` */
  hash: number;
  /** The first one that told it. */
  section: string;
  /** The one installation that ever had it; null once another did. */
  owner: number | null;
  first_seen_at: number;
  /** When a device last brought or lost it, to the hour. */
  last_seen_at: number;
  /** When some device had it, to the day. */
  held_at: number;
}

/** How many devices had a value on a day. */
export interface RollupTable {
  field: string;
  /** Days since 1970, UTC. */
  day: number;
  /** JSON; `null` for all values together that few have. */
  value: string;
  devices: number;
  /** When it was counted. */
  at: number;
}

/** What an installation has added to the index of late. */
export interface TermQuotaTable {
  installation: number;
  /** JSON: names of the sections that have had their first inventory. */
  inventoried: string;
  since: number;
  added: number;
}

export interface ReadingTable {
  installation: number;
  section: string;
  /** Natural key of the list item, empty for the section's own. */
  item: string;
  field: string;
  value: number;
  at: number;
}

/** The country that an installation was last seen to check in from; the address is stored nowhere. */
export interface CountryTable {
  installation: number;
  /** `location`, with which it is withdrawn. */
  section: string;
  country: string;
  since: number;
}

/** Where the organisation says that its device stands, degrees. */
export interface PlaceTable {
  device: number;
  latitude: number;
  longitude: number;
  by: string;
  at: number;
}

/** What the person at a device says instead of a collected value, until that changes. */
export interface CorrectionTable {
  installation: number;
  section: string;
  /** As the catalogue writes it: `board.serial`. */
  field: string;
  /** JSON. */
  value: string;
  /** JSON: the collected value that is called wrong; null where there was none. */
  collected: string | null;
  reason: string | null;
  at: number;
}

/** What the person at an organisation's device asked of the organisation. */
export interface DataRequestTable {
  number: Generated<number>;
  device: number;
  kind: "deletion";
  state: "open" | "decided";
  at: number;
}

/** What was granted or taken back, once for each: the proof of a consent that may be over. */
export interface ConsentHistoryTable {
  id: Generated<number>;
  installation: number;
  /** Of the list that told it. */
  consent_number: number;
  did: GrantChange["did"];
  /** JSON: the grant as the device told it; of one that was taken back, with the purposes that it was taken back for. */
  of_grant: string;
  at: number;
}

/** Exports that the person at a device was given of late. */
export interface OwnExportTable {
  installation: number;
  at: number;
}

export interface TokenTable {
  id: Generated<number>;
  hash: Uint8Array;
  group_name: string;
  ownership: Ownership;
  /** JSON: wishes, granted at enrolment on the basis of the ownership. */
  wishes: string;
  uses: number;
  used: number;
  per_hour: number;
  local: number;
  created_at: number;
  created_by: string;
  expires_at: number;
  revoked_at: number | null;
}

export interface ApiTokenTable {
  id: Generated<number>;
  name: string;
  hash: Uint8Array;
  role: string;
  /** JSON: names; null: all groups. */
  groups: string | null;
  created_at: number;
  created_by: string;
  expires_at: number;
  revoked_at: number | null;
}

export interface ApplicationTable {
  number: string;
  name: string;
  created_at: number;
}

/** Somebody was told of a device: a row for each day, account and kind. */
export interface LookupTable {
  device: number;
  /** Days since 1970, UTC. */
  day: number;
  account: string;
  role: string;
  purpose: string;
  what: "list" | "record";
  first_at: number;
  last_at: number;
  times: number;
}

/** The end of the ledger of deletions as the database knows it: what is not in the ledger yet, or the last that is. */
export interface DeletionTable {
  number: number;
  /** The ledger's line. */
  entry: string;
  /** 1: it is in the ledger. */
  written: number;
}

/** One row, once the server has started: the id by which every agent knows it. */
export interface ServerTable {
  id: string;
  /** Number of the latest sweep of the items. */
  sweep: Generated<number>;
}

/** The audit log. What may be a person's stands beside a commitment to it, which is what the chain is made of. */
export interface AuditTable {
  /** The number in the log of the server that entered it. */
  chain: number;
  /** From 1 without a gap in each chain. */
  number: number;
  at: number;
  action: string;
  request_id: string | null;
  /** null once erased, with its salt. */
  account: string | null;
  account_salt: string | null;
  account_commitment: string;
  subject: string | null;
  subject_salt: string | null;
  subject_commitment: string;
  hash: string;
}

/** What stands in the place of the entries that were cut off at the beginning of a chain. */
export interface AuditCheckpointTable {
  chain: number;
  number: number;
  hash: string;
  /** As it is signed: ISO 8601. */
  at: string;
  signature: string;
}

/** What a server signed last of where all chains stood. */
export interface AuditJoinTable {
  /** Its number in the log, and of its chain. */
  chain: number;
  /** From 1, one more each time. */
  number: number;
  /** As it is signed: ISO 8601. */
  at: string;
  /** JSON: the ends of all chains. */
  ends: string;
  /** JSON: the numbers of what the other servers had signed. */
  joins: string;
  signature: string;
}

/** What each transaction changed, for those that follow: `encodeDirty`. */
export interface LogTable {
  server: number;
  /** From 1 for each server, without a gap. */
  seq: number;
  at: number;
  body: Uint8Array;
}

/** Check-ins that wrote no row, and what their installations ended: an entry of `check-in-entries.ts` a transaction. */
export interface CheckInLogTable {
  seq: Generated<number>;
  body: Uint8Array;
}

/** Of `perSlice` installations the check-ins that wrote no row, as `CurrentValues` keeps them in memory. */
export interface CurrentValuesTable {
  slice: number;
  body: Uint8Array;
}

export interface Schema {
  devices: DeviceTable;
  installations: InstallationTable;
  former_installations: FormerInstallationTable;
  device_notes: DeviceNoteTable;
  merges: MergeTable;
  records: RecordTable;
  changes: ChangeTable;
  section_names: SectionNameTable;
  dictionaries: DictionaryTable;
  section_history: SectionHistoryTable;
  items: ItemTable;
  released_items: ReleasedItemsTable;
  titles: TitleTable;
  rollups: RollupTable;
  term_quotas: TermQuotaTable;
  readings: ReadingTable;
  countries: CountryTable;
  places: PlaceTable;
  corrections: CorrectionTable;
  data_requests: DataRequestTable;
  consent_history: ConsentHistoryTable;
  own_exports: OwnExportTable;
  enrolment_tokens: TokenTable;
  api_tokens: ApiTokenTable;
  applications: ApplicationTable;
  lookups: LookupTable;
  deletions: DeletionTable;
  server: ServerTable;
  audit: AuditTable;
  audit_checkpoint: AuditCheckpointTable;
  audit_joins: AuditJoinTable;
  log: LogTable;
  check_in_log: CheckInLogTable;
  current_values: CurrentValuesTable;
}
