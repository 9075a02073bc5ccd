/**
 * A fleet of any size, made in the database of a server that is stopped: a few devices have enrolled and told everything
 * over the wire, and the others are copies of their rows with ids of their own. All sessions have one secret.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { newDeviceId, newInstallationId, newSecret } from "@rollcall/protocol";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { z } from "zod";
import { hashSecret } from "../../packages/ingest/src/identity/secrets.ts";
import { pathsIn } from "../../packages/ingest/src/store/data-directory.ts";
import { TestServer } from "../../packages/ingest/src/testing/test-server.ts";
import { Fleet } from "../swarm/fleet.ts";
import { Line } from "../swarm/line.ts";
import { Swarm } from "../swarm/swarm.ts";
import { inTurns } from "./in-turns.ts";

/** Devices that others are copies of, where nobody says how many. */
const usualOriginals = 64;
/** Devices that are busy at the same time. */
const atOnce = 32;
/** Devices that are made in one transaction. */
const slice = 10_000;

const year = 365 * 86_400_000;

export interface GrownFleet {
  /** The name of the server's folder. */
  readonly name: string;
  readonly size: number;
  /** Devices that tell what changed; to be continued over another line. */
  readonly originals: Swarm["roster"];
  readonly count: number;
  session(device: number): string;
  state(device: number): string;
}

/** Devices are numbered from 0; the first are the originals. */
export async function growFleet(
  directory: string,
  name: string,
  size: number,
  originals = usualOriginals,
): Promise<GrownFleet> {
  const data = join(directory, name);
  const count = Math.min(originals, size);
  const server = await TestServer.start(data);
  const line = new Line(server.url, atOnce);
  const enrolment = await server.enrolment({ uses: count, perHour: count, ownership: "organisation" });
  const swarm = new Swarm({ fleet: new Fleet(1), enrolment, line, size: count });
  const all = Array.from({ length: count }, (_, device) => device);
  await inTurns(all, atOnce, async (device) => {
    await swarm.enrol(device);
    await swarm.checkIn(device);
    await swarm.tell(device, 0);
    // Whoever has told everything checks in once as it will do from now on.
    await swarm.checkIn(device);
  });
  await line.close();
  await server.stop();
  const { database: file, index } = pathsIn(data);
  const ordinals = copyDevices(
    file,
    all.map((device) => ordinalIn(swarm.roster.session(device))),
    size - count,
  );
  // Nobody was told of the copies: it is made anew.
  rmSync(index, { recursive: true, force: true });
  const secret = newSecret();
  setSessions(file, hashSecret(secret));
  for (const device of all)
    swarm.roster.setSession(device, `rcs_${ordinalIn(swarm.roster.session(device))}.${secret}`);
  return {
    name,
    size,
    originals: swarm.roster,
    count,
    session: (device) =>
      device < count ? swarm.roster.session(device) : `rcs_${ordinals.from + device - count}.${secret}`,
    state: (device) => swarm.roster.state(ordinals.originalOf(device)),
  };
}

/** Of the installation whose session it is. */
const ordinalIn = (session: string): number => Number(session.slice("rcs_".length).split(".")[0]);

/** Adds so many copies of these installations in turn; tells the ordinal of the first, and whose copy each device is. */
function copyDevices(file: string, originals: readonly number[], copies: number) {
  const database = new SqliteDatabase(file);
  database.pragma("foreign_keys = OFF");
  database.pragma("synchronous = OFF");
  try {
    const deviceOf = database.prepare("select device from installations where ordinal = ?").pluck();
    const known = originals.map((installation) => ({
      installation,
      device: z.int().parse(deviceOf.get(installation)),
    }));
    const last = (table: string) =>
      z.int().parse(database.prepare(`select max(ordinal) from ${table}`).pluck().get());
    // A device and its installation have the same distance from the first one that is added.
    const [device, installation] = [last("devices") + 1, last("installations") + 1];
    const copy = copier(database);
    for (let from = 0; from < copies; from += slice)
      database.transaction(() => {
        for (let at = from; at < Math.min(copies, from + slice); at++) {
          const original = known[at % known.length];
          if (original) copy(original, { device: device + at, installation: installation + at });
        }
      })();
    return {
      from: installation,
      originalOf: (number: number) =>
        number < known.length ? number : (number - known.length) % known.length,
    };
  } finally {
    database.close();
  }
}

interface Ordinals {
  readonly device: number;
  readonly installation: number;
}

function copier(database: Database): (original: Ordinals, copy: Ordinals) => void {
  const inserts = [
    inserting(database, "devices", "ordinal", { ordinal: "@device", id: "@deviceId" }),
    inserting(database, "installations", "device", {
      ...{ ordinal: "@installation", device: "@device", id: "@installationId", key: "@key" },
    }),
    inserting(database, "records", "installation", { installation: "@installation" }),
  ];
  return (original, copy) => {
    const ids = { deviceId: newDeviceId(), installationId: newInstallationId(), key: newSecret() };
    const from = { ordinal: original.device, device: original.device, installation: original.installation };
    for (const { insert, by } of inserts) insert.run({ ...copy, ...ids, from: from[by] });
  };
}

/** Copies a row that has `@from` in this column, but for these columns. */
function inserting(
  database: Database,
  table: string,
  by: "ordinal" | "device" | "installation",
  own: Readonly<Record<string, string>>,
) {
  const columns = z
    .array(z.object({ name: z.string() }))
    .parse(database.pragma(`table_info(${table})`))
    .map(({ name }) => name);
  const values = columns.map((name) => own[name] ?? `"${name}"`);
  const insert = database.prepare(
    `insert into ${table} (${columns.map((name) => `"${name}"`).join(", ")})
     select ${values.join(", ")} from ${table} where ${by} = @from`,
  );
  return { insert, by };
}

function setSessions(file: string, hash: Uint8Array): void {
  const database = new SqliteDatabase(file);
  database
    .prepare("update installations set session_hash = ?, session_expires_at = ?")
    .run(hash, Date.now() + year);
  database.close();
}
