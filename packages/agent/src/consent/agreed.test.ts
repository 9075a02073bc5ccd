// A newer agent knows of more than was there when somebody agreed: that waits for the person, and costs nothing of what
// the server has.
import { allSections, categoryNames, sectionNamed } from "@rollcall/protocol";
import t from "tap";
import { collecting, type LookAround } from "../collecting/collecting.ts";
import { bodyOf, checkIns, giver, grant, sections } from "../testing/checked-in.ts";
import { TestDevice } from "../testing/test-device.ts";
import { agreedFile, newParts, partsOf, readAgreed, waitingParts } from "./agreed.ts";
import { agreeTo, changeConsent } from "./apply.ts";
import { addToHistory, changesBetween, type HistoryEntry, readHistory } from "./history.ts";

const modules = [{ slot: "A1", size: 1 }];
const documents: Readonly<Record<string, unknown>> = {
  installation: { agent: { version: "0.1.0" }, applications: [], os: { type: "linux" } },
  memory: { total: 1024, modules },
};

/** A device of which the real way of looking is taken, with collectors that have these documents. */
async function looking(t: Parameters<typeof TestDevice.enrolled>[0], ownership: "personal" | "organisation") {
  const device = await TestDevice.enrolled(t, (server) => {
    server.ownership = ownership;
  });
  const looked: string[][] = [];
  const lookAround: LookAround = async ({ sections: names }) => {
    looked.push(names.filter((name) => documents[name]));
    return new Map(
      names.map((section) => {
        const document = documents[section];
        return [section, document ? { section, status: "ok", document, diagnostics: [] } : none(section)];
      }),
    );
  };
  const collect = collecting(
    {
      rootfs: null,
      platform: "linux",
      agentVersion: "0.1.0",
      applications: [],
      server: "server",
      isUnlinked: false,
    },
    lookAround,
  );
  const checkIn = () => device.checkIn({ collect });
  return { device, looked, checkIn };
}

const none = (section: string) => ({ section, status: "none", diagnostics: [] }) as const;

/** As if an older agent had been there when the category was granted. */
function forgetParts(device: TestDevice, section: string, paths: readonly string[] | null): void {
  const { [section]: known = [], ...others } = readAgreed(device.directory) ?? {};
  const left = known.filter((path) => !paths?.includes(path));
  const agreed = { ...others, ...(paths ? { [section]: left } : {}) };
  device.directory.write(
    agreedFile,
    Object.fromEntries(Object.entries(agreed).map(([name, of]) => [name, [...of]])),
  );
}

const sentOf = (device: TestDevice) => Object(bodyOf(device.server.received.at(-1)).sections).memory;

t.test("leaves a field out that nobody agreed to yet, until somebody does", async (t) => {
  const { device, checkIn } = await looking(t, "personal");
  grant(device, "hardware");
  forgetParts(device, "memory", ["modules[].size"]);
  await checkIn();
  const old = { total: 1024, modules: [{ slot: "A1" }] };
  t.match(sentOf(device), { status: "ok", document: old });
  t.notMatch(JSON.stringify(device.server.bodiesOf(sections)), '"size"');
  t.same(newParts(readAgreed(device.directory), device.state.consent.value.grants), [
    { category: "hardware", section: "memory", fields: ["modules[].size"], isAsked: true },
  ]);
  const again = { ...giver, at: "2026-04-04T00:00:00.000Z" };
  const { grants } = device.state.consent.value;
  const renewed = grants.map((each) => (each.category === "hardware" ? { ...each, ...again } : each));
  changeConsent(device.state, renewed, again);
  await checkIn();
  t.match(sentOf(device), { status: "ok", document: documents.memory });
  t.same(newParts(readAgreed(device.directory), renewed), []);
});

t.test("does not look at a section that nobody agreed to yet", async (t) => {
  const { device, looked, checkIn } = await looking(t, "personal");
  grant(device, "hardware");
  forgetParts(device, "memory", null);
  await checkIn();
  t.same(looked, [["installation"]]);
  t.same(device.server.sections.memory, ["not-consented", null]);
});

t.test("lets the server keep what it has of a section that waits", async (t) => {
  const { device, looked, checkIn } = await looking(t, "personal");
  grant(device, "hardware");
  await checkIn();
  const held = device.server.sections.memory;
  t.match(held, ["ok", /.{43}/]);
  forgetParts(device, "memory", null);
  t.match(await checkIn(), { result: { outcome: "unchanged" } });
  t.same(device.server.sections.memory, held);
  t.same(looked.at(-1), ["installation"]);
  t.same(device.believed, device.server.sections);
  t.equal(device.server.received.at(-1)?.route, checkIns);
});

t.test("tells what is new on an organisation's device, and collects it", async (t) => {
  const { device, checkIn } = await looking(t, "organisation");
  forgetParts(device, "memory", null);
  const { grants } = device.state.consent.value;
  t.same(newParts(readAgreed(device.directory), grants), [
    { category: "hardware", section: "memory", fields: null, isAsked: false },
  ]);
  await checkIn();
  t.match(sentOf(device), { status: "ok", document: documents.memory });
  agreeTo(device.directory, grants, ["hardware"]);
  t.same(newParts(readAgreed(device.directory), grants), []);
});

t.test("takes what is granted for agreed where it is not known what was", async (t) => {
  const { device, checkIn } = await looking(t, "personal");
  grant(device, "hardware");
  device.directory.remove(agreedFile);
  t.same(waitingParts(readAgreed(device.directory), device.state.consent.value.grants), new Map());
  await checkIn();
  t.match(sentOf(device), { document: documents.memory });
});

t.test("knows every field of every section by its category", async (t) => {
  const parts = partsOf(categoryNames);
  t.same(
    Object.keys(parts),
    allSections.map(({ name }) => name),
  );
  t.same(
    parts.memory,
    sectionNamed("memory")?.flat.map(({ path }) => path),
  );
  t.same(partsOf([]), {});
});

t.test("keeps every grant and withdrawal with who, when and under which policy", async (t) => {
  const device = await TestDevice.enrolled(t);
  grant(device, "hardware,location=city:inventory+trends");
  const { grants } = device.state.consent.value;
  const bob = { ...giver, by: "bob", interactive: false, at: "2026-05-04T00:00:00.000Z" };
  const left = grants.flatMap((each) => {
    if (each.category === "hardware") return [];
    return each.category === "location" ? [{ ...each, purposes: ["trends" as const] }] : [each];
  });
  changeConsent(device.state, left, bob);
  t.match(
    readHistory(device.directory).map(({ did, category, purposes, by, basis }) =>
      [did, category, purposes.join(), by, basis].join(" "),
    ),
    [
      /^granted essential inventory,security .* contract$/,
      "granted hardware inventory,security ada consent",
      "granted location inventory,trends ada consent",
      "withdrawn hardware inventory,security bob consent",
      "withdrawn location inventory bob consent",
    ],
  );
  t.match(readHistory(device.directory).at(-1), { level: "city", ...bob });
  t.same(changesBetween(left, left, bob), []);
});

t.test("keeps the newest of a history without end", async (t) => {
  const { directory } = await TestDevice.enrolled(t);
  const once = (day: number): HistoryEntry => ({
    ...giver,
    did: "granted",
    category: "hardware",
    purposes: ["inventory"],
    basis: "consent",
    at: new Date(Date.UTC(2026, 0, day)).toISOString(),
  });
  const many = Array.from({ length: 1_005 }, (_, day) => once(day));
  addToHistory(directory, many.slice(0, 900));
  addToHistory(directory, many.slice(900));
  t.same(readHistory(directory), many.slice(-1_000));
});
