/** What a request meets whose installation came to an end, or lost its session, while it was under way. */
import { RollcallError } from "@rollcall/protocol";
import { refuseDoubted } from "../copies/doubt.ts";

/** Sends the device for a new session, where it is told what became of it. */
export const installationGone = () =>
  new RollcallError("session-invalid", { detail: "The installation is not there any more." });

/** What a write asks of the row of whoever calls, for a body may be a minute on its way. */
export const callerColumns = ["device", "doubted_at", "session_hash"] as const;

/** Throws when the caller was retired or came into doubt since its session was looked at. */
export function refuseRevoked(row: {
  readonly doubted_at: number | null;
  readonly session_hash: Uint8Array | null;
}): void {
  refuseDoubted({ doubtedAt: row.doubted_at });
  if (row.session_hash === null)
    throw new RollcallError("session-invalid", { detail: "The session was revoked meanwhile." });
}
