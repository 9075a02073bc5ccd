/** Scopes: a read finds what is in its own and nothing else, whatever it is asked for. */
import { RollcallError } from "@rollcall/protocol";
import t from "tap";
import { accountOfToken, listApiTokens } from "../accounts/queries.ts";
import { consentOf } from "../check-ins/consent-queries.ts";
import { listApplications } from "../enrolment/application-queries.ts";
import { installationKey, sessionOwner } from "../enrolment/session-queries.ts";
import { listTokens, tokenExists } from "../enrolment/token-queries.ts";
import { rememberedServer } from "../identity/queries.ts";
import { hashSecret } from "../identity/secrets.ts";
import { deviceDetail, devicesByIdPrefix, devicesByOrdinal } from "../inventory/queries.ts";
import { lookupsOfInstallation } from "../privacy/lookup-queries.ts";
import { ownRecord } from "../privacy/me-queries.ts";
import { deviceOrdinal } from "../privacy/queries.ts";
import { changedSections, toldChanges } from "../records/changed-sections.ts";
import { sectionChanges, sectionsAt } from "../records/section-versions.ts";
import { rolledUp, rollupOf, storeRollup } from "../search/rollup-queries.ts";
import { titlesDue, titlesSeen } from "../search/title-queries.ts";
import { told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";
import { pathsIn } from "./data-directory.ts";
import type { ReadKind } from "./kinds.ts";
import { installationScope, protocolScope, type Scope } from "./scope.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const apiToken = await server.apiToken({ role: "viewer" });
await server.admin("POST", "/api/v1/applications", { name: "Kiosk" });
const { token } = await server.enrolment();
const ada = await told(server, {}, { group: "lab" });
await server.device({ group: "office" });
await server.admin("GET", `/api/v1/devices/${ada.device}`);
await server.stop();
const store = await openSqliteStore(pathsIn(server.directory).database);
t.teardown(() => store.close());

const [adas, bobs] = [1, 2];
/** Asks one read in a scope; whether it found something. */
const asking =
  <Input, Result>(kind: ReadKind<Input, Result>, input: Input) =>
  async (scope: Scope): Promise<boolean> => {
    const found = await store.read(kind, scope, input).catch((error: unknown) => {
      if (error instanceof Error && error.message === "no result") return null;
      if (error instanceof RollcallError && error.code === "session-invalid") return null;
      throw error;
    });
    return Array.isArray(found) ? found.length > 0 : Boolean(found);
  };

const ever = { from: 0, section: undefined, devices: null, after: null, most: 100 } as const;

/** Reads of a device, asked for Ada's. */
const ofDevice = {
  consentOf: asking(consentOf, adas),
  installationKey: asking(installationKey, ada.installation),
  sessionOwner: asking(sessionOwner, adas),
  deviceDetail: asking(deviceDetail, ada.device),
  devicesByIdPrefix: asking(devicesByIdPrefix, { prefix: ada.device, most: 1 }),
  devicesByOrdinal: asking(devicesByOrdinal, [adas]),
  ownRecord: asking(ownRecord, adas),
  lookupsOfInstallation: asking(lookupsOfInstallation, { ordinal: 1, most: 1 }),
  deviceOrdinal: asking(deviceOrdinal, ada.device),
  sectionChanges: asking(sectionChanges, { id: ada.device, section: undefined, after: null, limit: 1 }),
  changedSections: async (scope: Scope) => (await store.read(changedSections, scope, ever)).found.length > 0,
  toldChanges: async (scope: Scope) => {
    const { found } = await store.read(changedSections, protocolScope, ever);
    return (await store.read(toldChanges, scope, found)).length > 0;
  },
  titlesSeen: async (scope: Scope) => {
    const held = { source: "deb", name: "openssl", version: "3.0.17-1", holders: [adas] };
    const [seen] = await store.read(titlesSeen, scope, [held]);
    return typeof seen?.lastSeenAt === "number";
  },
  sectionsAt: asking(sectionsAt, { id: ada.device, at: Date.now(), section: undefined }),
};
await store.commit([storeRollup({ field: "os", day: 1, at: 1, items: [], others: 1 })]);
/** Reads of what lets devices and programs in, and of what counts all devices. */
const overAll = {
  rollupOf: asking(rollupOf, { field: "os", day: 1 }),
  rolledUp: asking(rolledUp, 1),
  titlesDue: asking(titlesDue, Number.MAX_SAFE_INTEGER),
  listTokens: asking(listTokens, null),
  tokenExists: asking(tokenExists, hashSecret(token)),
  listApiTokens: asking(listApiTokens, null),
  accountOfToken: asking(accountOfToken, hashSecret(apiToken)),
};
/** Reads of what is the server's own and told to everybody who may ask. */
const ofServer = {
  listApplications: asking(listApplications, null),
  rememberedServer: asking(rememberedServer, null),
};

const groups = (...names: string[]): Scope => ({
  ...protocolScope,
  devices: { kind: "groups", groups: names },
});
const scopes: readonly (readonly [string, Scope, { device: boolean; all: boolean }])[] = [
  ["everything", protocolScope, { device: true, all: true }],
  ["its group", groups("office", "lab"), { device: true, all: false }],
  ["its own installation", installationScope(adas), { device: true, all: false }],
  ["no group", groups(), { device: false, all: false }],
  ["another group", groups("office"), { device: false, all: false }],
  ["another installation", installationScope(bobs), { device: false, all: false }],
];

for (const [name, scope, expected] of scopes) {
  t.test(`finds what it may under the scope of ${name}`, async (t) => {
    for (const [read, found] of Object.entries(ofDevice)) t.equal(await found(scope), expected.device, read);
    for (const [read, found] of Object.entries(overAll)) t.equal(await found(scope), expected.all, read);
    for (const [read, found] of Object.entries(ofServer)) t.equal(await found(scope), true, read);
  });
}
