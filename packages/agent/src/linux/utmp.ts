/**
 * Records of utmp(5): who logged in where and when. glibc writes 384 bytes, on 64-bit ARM and RISC-V 400 with longer
 * times, in the byte order of the machine. Records of starts, run levels and waiting terminals have the same shape
 * and are no logins.
 */

export interface Login {
  readonly account: string;
  readonly kind: LoginKind;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type LoginKind = "graphical" | "console" | "remote";

/** RUN_LVL, BOOT_TIME and USER_PROCESS. */
const [runLevel, boot, login] = [1, 2, 7];
const lastType = 9;

interface Layout {
  readonly bytes: number;
  readonly isLittleEndian: boolean;
  readonly time: number;
  readonly address: number;
}

const [line, account, host, afterHost] = [8, 44, 76, 332];
const lineBytes = 32;

const layouts: readonly Layout[] = [
  { bytes: 384, isLittleEndian: true, time: 340, address: 348 },
  { bytes: 400, isLittleEndian: true, time: 344, address: 360 },
  { bytes: 384, isLittleEndian: false, time: 340, address: 348 },
];

/** The size of one record in these first bytes of a file; undefined when they are none. */
export function utmpRecordBytes(beginning: Uint8Array): number | undefined {
  return layoutOf(beginning)?.bytes;
}

/** The logins in whole records, in their order; none where they are no such records. */
export function parseUtmp(bytes: Uint8Array): Login[] {
  const layout = layoutOf(bytes);
  if (!layout) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const logins: Login[] = [];
  for (let at = 0; at + layout.bytes <= bytes.length; at += layout.bytes)
    if (view.getInt16(at, layout.isLittleEndian) === login) {
      const found = loginAt(view, at, layout);
      if (found) logins.push(found);
    }
  return logins;
}

/** A start of the machine, or its shutting down; milliseconds since 1970. */
export interface StartRecord {
  readonly kind: "start" | "shutdown";
  readonly at: number;
}

/** The starts and shutdowns in whole records, in their order. */
export function parseStarts(bytes: Uint8Array): StartRecord[] {
  const layout = layoutOf(bytes);
  if (!layout) return [];
  const { isLittleEndian, time } = layout;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: StartRecord[] = [];
  for (let at = 0; at + layout.bytes <= bytes.length; at += layout.bytes) {
    const type = view.getInt16(at, isLittleEndian);
    // A change of the run level is one of these, too.
    const isShutdown = type === runLevel && textAt(view, at + account, lineBytes) === "shutdown";
    if (type !== boot && !isShutdown) continue;
    const seconds = view.getUint32(at + time, isLittleEndian);
    records.push({ kind: isShutdown ? "shutdown" : "start", at: seconds * 1_000 });
  }
  return records;
}

/** The first layout in which the first records make sense. */
function layoutOf(bytes: Uint8Array): Layout | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return layouts.find((layout) => {
    const records = Math.min(firstRecords, Math.floor(bytes.length / layout.bytes));
    const starts = Array.from({ length: records }, (_, number) => number * layout.bytes);
    const isEmpty = (at: number) => view.getInt32(at, true) === 0;
    return !starts.every(isEmpty) && starts.every((at) => isEmpty(at) || isRecord(view, at, layout));
  });
}

const firstRecords = 8;

/** A known type with nothing behind it, and a time, which in another layout is somewhere else. */
function isRecord(view: DataView, at: number, { isLittleEndian, time }: Layout): boolean {
  const type = view.getInt16(at, isLittleEndian);
  const isKnown = type > 0 && type <= lastType && view.getInt16(at + 2, isLittleEndian) === 0;
  return isKnown && view.getUint32(at + time, isLittleEndian) !== 0;
}

function loginAt(view: DataView, at: number, { isLittleEndian, time, address }: Layout): Login | undefined {
  const name = textAt(view, at + account, lineBytes);
  const seconds = view.getUint32(at + time, isLittleEndian);
  const [terminal, from] = [textAt(view, at + line, lineBytes), textAt(view, at + host, afterHost - host)];
  const isRemote = view.getUint32(at + address, isLittleEndian) !== 0 || !isLocal(from);
  if (name === "" || seconds === 0) return undefined;
  // A window of somebody who is logged in already.
  if (!isRemote && /^(pts\/|tty[p-za-e])/.test(terminal)) return undefined;
  const isGraphical =
    terminal.startsWith(":") || terminal === "seat0" || /^(:\d|login screen|tty\d)/.test(from);
  return {
    account: name,
    kind: isRemote ? "remote" : isGraphical ? "graphical" : "console",
    at: seconds * 1_000,
  };
}

/** Displays, terminals and what divides a terminal into several stand there, too. */
const isLocal = (from: string): boolean =>
  from === "" || /^(:|tty|login screen|tmux\(|mosh |screen)/.test(from);

function textAt(view: DataView, at: number, length: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  const end = bytes.indexOf(0);
  return Buffer.from(end === -1 ? bytes : bytes.subarray(0, end))
    .toString("utf8")
    .trim();
}
