/** What is deleted is decided in the transaction that deletes: a doubt may have been settled since it was asked for. */
import t, { type Test } from "tap";
import type { Change } from "../audit/change.ts";
import { settleDoubts } from "../copies/settle.ts";
import { installationKey } from "../enrolment/session-queries.ts";
import { pathsIn } from "../store/data-directory.ts";
import { protocolScope } from "../store/scope.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";
import { Ledger } from "./ledger.ts";
import { deviceOrdinal } from "./queries.ts";
import { deleteDevice } from "./rules.ts";
import { removeOwn } from "./unreached.ts";

/** A device in doubt with a successor that lives, and what deletes them, but for a server that would settle first. */
async function inDoubt(t: Test) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await told(server, {}, { grant: "inventory" });
  const successor = await device.successor();
  await successor.checkedIn();
  await server.stop();
  const { database, ledger: file, ledgerKey: key } = pathsIn(server.directory);
  const store = await openSqliteStore(database);
  t.teardown(() => store.close());
  const { ledger } = await Ledger.open({ file, key, second: "", isNeeded: false });
  const at = Date.now();
  /** Commits a write when the doubt has been settled. */
  const afterSettling: Change = async (write) => {
    const [, outcome] = await store.commit([settleDoubts({ at, patience: 0, after: null }), write]);
    return outcome;
  };
  return { device, successor, services: { store, ledger, now: () => at }, afterSettling };
}

t.test("names in the ledger who went on for a device by the time it is deleted", async (t) => {
  const { device, successor, services, afterSettling } = await inDoubt(t);
  const ordinal = await services.store.read(deviceOrdinal, protocolScope, device.device);
  await deleteDevice(services, ordinal ?? 0, afterSettling);
  t.same(
    [device.device, device.installation, successor.installation].map((id) => services.ledger.isDeleted(id)),
    [true, true, true],
  );
});

t.test("deletes on a person's word the device that theirs is by then", async (t) => {
  const { device, successor, services, afterSettling } = await inDoubt(t);
  const { store, ledger, now } = services;
  const found = await store.read(installationKey, protocolScope, successor.installation);
  const own = { installation: found?.ordinal ?? 0, ledgerKey: ledger.key, at: now() };
  await afterSettling({ ...removeOwn({ ...own, patience: 0 }), tellsWhat: true });
  t.equal(await store.read(deviceOrdinal, protocolScope, device.device), null);
});
