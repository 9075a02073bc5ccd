/** Which reads hold up the event loop, by hand: whoever adds one has to look at what it costs there. */
import t from "tap";
import "../kinds.generated.ts";
import { readsOfEventLoop } from "./kinds.ts";

/** Each by what it reads: a row by its key, or the few of one installation. */
const few = [
  "account-of-token",
  "acknowledged-sections",
  "audit-checkpoint",
  "consent-of",
  "deletions-shown",
  "device-ordinal",
  "device-to-place",
  "enrolment-token-exists",
  "flapping-sections",
  "installation-key",
  "last-row",
  "list-applications",
  "own-record",
  "own-states",
  "remembered-server",
  "session-owner",
  "token-wishes",
];

t.test("reads on the event loop what takes a few rows, and everything else beside it", (t) => {
  t.same(readsOfEventLoop().sort(), few);
  t.end();
});
