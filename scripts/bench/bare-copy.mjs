// What inventories on PostgreSQL are measured against: COPY of packages as rows into a table with the two indexes that
// questions need, 100 devices in one transaction, on the same PostgreSQL. Plain JavaScript.
import pg from "pg";

const [url = ""] = process.argv.slice(2);
const devicesAtOnce = 100;

const client = new pg.Client({ connectionString: url });
await client.connect();
await client.query(`
  create table software (device bigint not null, name text collate "C" not null, version text collate "C" not null);
  create index software_of_device on software (device);
  create index software_by_name on software (name, version);
`);

/** @typedef {{ device: number, rows: [string, string][] }} Device */

/** A COPY from these lines; pg has the messages for it and nothing that sends them. */
class Copy {
  /** @param {string} lines */
  constructor(lines) {
    this.lines = Buffer.from(lines);
    this.done = new Promise((resolve, reject) => {
      this.handleReadyForQuery = () => resolve(undefined);
      this.handleError = reject;
    });
  }
  /** @param {{ query(text: string): void }} connection */
  submit(connection) {
    connection.query("copy software (device, name, version) from stdin");
  }
  /** @param {{ sendCopyFromChunk(chunk: Buffer): void, endCopyFrom(): void }} connection */
  handleCopyInResponse(connection) {
    connection.sendCopyFromChunk(this.lines);
    connection.endCopyFrom();
  }
  handleCommandComplete() {}
}

/** @param {string} text */
const escaped = (text) =>
  text.replaceAll(/[\\\t\n\r]/g, (each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, "0")}`);

/** @type {Record<string, (devices: Device[]) => Promise<unknown>>} */
const writers = {
  first: (devices) => {
    const lines = devices.flatMap(({ device, rows }) =>
      rows.map(([name, version]) => `${device}\t${escaped(name)}\t${escaped(version)}\n`),
    );
    const copy = new Copy(lines.join(""));
    client.query(copy);
    return copy.done;
  },
  changed: (devices) => {
    const all = devices.flatMap(({ device, rows }) =>
      rows.map(([name, version]) => ({ device, name, version })),
    );
    return client.query(
      `update software set version = changed.version
        from unnest($1::bigint[], $2::text[], $3::text[]) as changed (device, name, version)
        where software.device = changed.device and software.name = changed.name`,
      [all.map(({ device }) => device), all.map(({ name }) => name), all.map(({ version }) => version)],
    );
  },
  // Whoever keeps rows has to look at them to find that nothing changed.
  same: (devices) =>
    client.query("select name, version from software where device = any($1)", [
      devices.map(({ device }) => device),
    ]),
};

process.on("message", async (/** @type {{ kind: string, devices: Device[] }} */ { kind, devices }) => {
  const write = writers[kind];
  const began = performance.now();
  for (let at = 0; at < devices.length; at += devicesAtOnce)
    await write?.(devices.slice(at, at + devicesAtOnce));
  process.send?.({ seconds: (performance.now() - began) / 1_000 });
});
process.on("disconnect", () => process.exit());
