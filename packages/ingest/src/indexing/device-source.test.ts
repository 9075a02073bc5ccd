/** What the store holds of a device, as the index is told of it. */
import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import t from "tap";
import { sectionStates } from "../records/sections.ts";
import { pathsIn } from "../store/data-directory.ts";
import type { Schema } from "../store/schema.ts";
import { alterSections } from "../testing/altered-database.ts";
import { ok } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";
import { devicesFrom, readDevices } from "./device-source.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const file = pathsIn(server.directory).database;
const database = new Kysely<Schema>({
  dialect: new SqliteDialect({ database: new SqliteDatabase(file) }),
});
t.teardown(() => database.destroy());

const changed = (section: string | null, number: number) => {
  return {
    as: "number",
    field: section === null ? "changed" : `changed.${section}`,
    number,
    sensitive: false,
  } as const;
};
const has = (text: string) => ({ as: "term", field: "has", text, words: false, sensitive: false }) as const;
const lab = { as: "term", field: "group", text: "lab", words: false, sensitive: false } as const;
const packages = [{ architecture: "amd64", name: "openssl", version: "3.0.17-1" }];

t.test("tells every searchable value of a device, its group, and what it is sorted by", async (t) => {
  const device = await server.device({ group: "lab" });
  await device.checkedIn();
  await device.sent({
    "operating-system": ok({ hostname: "ADA" }),
    memory: ok({ total: 8 }),
    "software.deb": ok({ packages }),
  });
  const [first] = await sectionStates(database, 1);
  const day = Math.floor((first?.since ?? 0) / 86_400_000);
  t.same(await readDevices(database, [1]), [
    {
      ordinal: 1,
      device: {
        sortName: "ada",
        values: [
          changed("memory", day),
          has("memory"),
          { as: "number", field: "memory", number: 8, sensitive: false },
          changed("operating-system", day),
          has("operating-system"),
          { as: "key", field: "host", text: "ADA", words: true, sensitive: false },
          changed("software.deb", day),
          has("software.deb"),
          {
            as: "title",
            field: "software",
            title: "openssl",
            version: "3.0.17-1",
            source: "deb",
            sensitive: false,
          },
          changed(null, day),
          lab,
        ],
      },
    },
  ]);
});

t.test("tells of a section that is not indexed or cannot be read only that it is there", async (t) => {
  await alterSections(server, (section) => {
    if (section.name === "memory") return { ...section, isIndexed: false };
    return section.name === "software.deb" ? { ...section, body: Buffer.from("no document") } : section;
  });
  const own = (name: string) => [{ field: `changed.${name}` }, has(name)];
  const values = [
    ...own("memory"),
    ...own("operating-system"),
    { field: "host" },
    ...own("software.deb"),
    { field: "changed" },
    lab,
  ];
  t.match(await readDevices(database, [1]), [{ device: { values } }]);
});

t.test("tells of a device that is hidden, or was never there, that it is none", async (t) => {
  await database.updateTable("devices").set({ merge: 1 }).execute();
  t.same(await readDevices(database, [1, 2]), [
    { ordinal: 1, device: null },
    { ordinal: 2, device: null },
  ]);
});

t.test("lists devices page by page", async (t) => {
  await server.device();
  await server.device();
  t.same(
    [await devicesFrom(database, 0, 2), await devicesFrom(database, 3, 2), await devicesFrom(database, 4, 2)],
    [[1, 2], [3], []],
  );
});
