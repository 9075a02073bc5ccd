/** What the person at a device asks about, in the store. */
import { type ConsentReceipt, consentReceipt, type DataRequest, type Receipt } from "@rollcall/protocol";
import { checkedInAt, checkedInColumns } from "../check-ins/checked-in.ts";
import { isReadable, sectionStates } from "../records/sections.ts";
import { jsonColumn } from "../store/columns.ts";
import { storedConsent } from "../store/device-columns.ts";
import { inScope } from "../store/scope.ts";
import { defineRead, defineWrite } from "../store/store.ts";
import { requestDeletion } from "./data-requests.ts";

/** The installation's own record. Throws for one outside the scope. */
export const ownRecord = defineRead({
  name: "own-record",
  isPoint: true,
  async run(database, scope, ordinal: number, { current }) {
    const row = await database
      .selectFrom("installations")
      .innerJoin("devices", "devices.ordinal", "installations.device")
      .select([
        "devices.id as device",
        "devices.ownership",
        "installations.enrolled_at",
        ...checkedInColumns,
        "installations.consent_number",
        "installations.grants",
        "installations.consent_receipt",
      ])
      .where("installations.ordinal", "=", ordinal)
      .where((builder) => inScope(builder, scope))
      .executeTakeFirstOrThrow();
    return {
      device: row.device,
      ownership: row.ownership,
      enrolledAt: row.enrolled_at,
      /** 0 before the first check-in. */
      counter: current.later({ ordinal, counter: row.counter })?.counter ?? row.counter,
      checkedInAt: checkedInAt(row, current),
      consent: storedConsent(row),
      consentReceipt: readReceipt(row.consent_receipt),
    };
  },
});

const readReceipt = (text: string | null): ConsentReceipt | null =>
  text === null ? null : jsonColumn(consentReceipt, text, "installations.consent_receipt");

/** Status and digest of every section that the server holds of the installation. */
export const ownStates = defineRead({
  name: "own-states",
  isPoint: true,
  async run(database, scope, ordinal: number): Promise<Receipt["sections"]> {
    const rows = (await isReadable(database, scope, ordinal)) ? await sectionStates(database, ordinal) : [];
    return Object.fromEntries(rows.map(({ name, status, digest }) => [name, [status, digest]]));
  },
});

/** Asks the organisation for the deletion of a device. */
export const askForDeletion = defineWrite({
  name: "ask-for-deletion",
  run: (transaction, asked: { readonly device: number; readonly at: number }): Promise<DataRequest> =>
    requestDeletion(transaction, asked),
});
