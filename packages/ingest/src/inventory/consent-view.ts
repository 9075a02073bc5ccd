/** A device's consent as the caller may read it; who gave a grant is the name of a person's account. */
import type { Grant } from "@rollcall/protocol";
import type { KeptConsentChange } from "../check-ins/consent-history.ts";
import { isoTime } from "../store/columns.ts";
import type { Scope } from "../store/scope.ts";
import type { DeviceDetail } from "./queries.ts";

type Reader = Pick<Scope, "sensitive">;

const shown = (grant: Grant, { sensitive }: Reader) => (sensitive ? grant : { ...grant, by: null });
const maskedIn = (list: readonly unknown[], path: string, { sensitive }: Reader): string[] =>
  sensitive || list.length === 0 ? [] : [path];

/** What is granted now. */
export const consentView = ({ consentNumber, grants }: DeviceDetail["consent"], reader: Reader) => ({
  view: { consentNumber, grants: grants.map((grant) => shown(grant, reader)) },
  masked: maskedIn(grants, "consent.grants[].by", reader),
});

/** What was granted and taken back: `grant` as the device told it, `at` by the server's clock. */
export const consentHistoryView = (history: readonly KeptConsentChange[], reader: Reader) => ({
  view: history.map(({ did, consentNumber, at, grant }) => ({
    did,
    consentNumber,
    at: isoTime(at),
    grant: shown(grant, reader),
  })),
  masked: maskedIn(history, "consentHistory[].grant.by", reader),
});
