/** What a request meets whose installation was deleted while it was under way. */
import { RollcallError } from "@rollcall/protocol";

/** Sends the device for a new session, where it is told what became of it. */
export const installationGone = () =>
  new RollcallError("session-invalid", { detail: "The installation is not there any more." });
