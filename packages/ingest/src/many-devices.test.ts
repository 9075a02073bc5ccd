/**
 * What the server keeps of devices in memory: columns and bits, no object for each. A million of them with
 * `npm test -- --long`, a tenth otherwise; an entry of a Map would be fifty bytes and more for each.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import SqliteDatabase, { type Database } from "better-sqlite3";
import t, { type Test } from "tap";
import type { CallingAccount } from "./accounts/caller.ts";
import { Nonces } from "./identity/nonces.ts";
import { LiveColumns } from "./indexing/live-devices.ts";
import { Ledger } from "./privacy/ledger.ts";
import { Lookups } from "./privacy/lookups.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";
import { openTruth } from "./store/truth.ts";
import { rounds } from "./testing/long.ts";

const devices = rounds(100_000, 1_000_000);
/** On the engine's own heap, where objects are. */
const bytesForEach = 8;
/** What does not depend on how many there are. */
const otherBytes = 2 * 2 ** 20;

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

async function heapInUse(): Promise<number> {
  // A reference is held to the end of the turn that made it.
  await new Promise((resolve) => setImmediate(resolve));
  if (typeof collectGarbage !== "function") throw new Error("no garbage collector");
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Checks that what `keep` is asked to keep of every device is on the heap for none of them. */
async function keepsNoObjects<Kept>(t: Test, kept: Kept, keep: (kept: Kept) => Promise<void>): Promise<void> {
  const before = await heapInUse();
  await keep(kept);
  const grown = (await heapInUse()) - before;
  t.ok(kept);
  t.ok(
    grown < otherBytes + bytesForEach * devices,
    `${grown} bytes more on the heap with ${devices} devices`,
  );
}

t.test("would be seen if there were: the control", async (t) => {
  const kept = new Map<number, { readonly ordinal: number }>();
  const before = await heapInUse();
  for (let ordinal = 1; ordinal <= devices; ordinal++) kept.set(ordinal, { ordinal });
  t.ok((await heapInUse()) - before > otherBytes + bytesForEach * devices);
  t.equal(kept.size, devices);
});

t.test("of nonces that all devices spent within minutes", async (t) => {
  const nonces = new Nonces(() => 1);
  await keepsNoObjects(t, nonces, async () => {
    for (let each = 0; each < devices; each++) nonces.spend(nonces.give());
  });
  const last = nonces.give();
  nonces.spend(last);
  t.throws(() => nonces.spend(last), { code: "nonce-invalid" });
});

t.test("of devices that were deleted", async (t) => {
  const directory = t.testdir({});
  const [file, key] = [join(directory, "deletions.ledger"), join(directory, "ledger.key")];
  writeFileSync(key, Buffer.alloc(32, 7));
  const { ledger } = await Ledger.open({ file, key, second: "", isNeeded: false });
  const atOnce = 10_000;
  await keepsNoObjects(t, ledger, async () => {
    for (let from = 0; from < devices; from += atOnce)
      await ledger.append(async (after) =>
        Array.from({ length: atOnce }, (_, each) => {
          const names = [ledger.nameOf(`dev_${from + each}`)];
          return { number: after + each + 1, names, categories: null, at: 0 };
        }),
      );
  });
  t.same(
    [0, devices - 1, devices].map((each) => ledger.isDeleted(`dev_${each}`)),
    [true, true, false],
  );
});

t.test("of devices that were listed to somebody", async (t) => {
  let stored = 0;
  const store = {
    commit: async (batch: readonly { readonly input: unknown }[]) => {
      for (const { input } of batch) stored += Array.isArray(input) ? input.length : 0;
      return [];
    },
  };
  const lookups = new Lookups({
    store: store as unknown as Pick<Store, "commit">, // its outcomes are nothing that anybody looks at
    now: Date.now,
    fault: (error) => t.fail(String(error)),
  });
  const account: CallingAccount = { name: "os:ada", role: "viewer", groups: null };
  const page = 1_000;
  const listAll = async () => {
    for (let from = 0; from < devices; from += page) {
      const ordinals = Array.from({ length: page }, (_, each) => from + each + 1);
      lookups.record(account, "list", ordinals);
      await lookups.flush();
    }
  };
  await keepsNoObjects(t, lookups, listAll);
  t.equal(stored, devices);
  await listAll();
  t.equal(stored, devices, "once a day");
});

/** As many rows as there are devices, each with the least that a row has. */
function fill(database: Database, table: string): void {
  const columns = database.pragma(`table_info(${table})`) as readonly {
    readonly name: string;
    readonly type: string;
    readonly notnull: number;
    readonly pk: number;
  }[]; // as SQLite documents it
  const filled = columns.filter(({ notnull, pk }) => notnull === 1 || pk === 1);
  const names = filled.map(({ name }) => name).join(", ");
  const values = filled
    .map(({ type }) => (type.toLowerCase() === "text" ? "cast(n as text)" : "n"))
    .join(", ");
  database.exec(`
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${devices})
    insert into ${table} (${names}) select ${values} from numbers
  `);
}

t.test("of what a question asks of devices beside what they told", async (t) => {
  const file = join(t.testdir({}), "rollcall.db");
  await (await openSqliteStore(file)).close();
  const database = new SqliteDatabase(file);
  database.pragma("foreign_keys = OFF");
  database.pragma("synchronous = OFF");
  for (const table of ["devices", "installations"]) fill(database, table);
  database.close();
  const { queries } = openTruth(file);
  t.teardown(() => queries.destroy());
  const live = new LiveColumns(null);
  await keepsNoObjects(t, live, async () => void (await live.read(queries)));
  t.same(
    [live.seenAt(devices), live.firstSeenAt(devices), live.deviceOf(devices)],
    [devices, devices, devices],
  );
});
