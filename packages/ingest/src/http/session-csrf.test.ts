/** The header that goes with a session: only that session's own, and it does not tell the session. */
import t from "tap";
import { csrfOf, demandCsrf } from "./session-csrf.ts";

t.test("lets in only the header of the very session", async (t) => {
  const [session, other] = ["rcw_1.first", "rcw_1.second"];
  demandCsrf(session, { "rollcall-csrf": csrfOf(session) });
  for (const wrong of ["", session, csrfOf(other), `${csrfOf(session)}AA`, csrfOf(session).slice(1)])
    t.throws(() => demandCsrf(session, { "rollcall-csrf": wrong }), { code: "csrf-missing" }, wrong);
  t.throws(() => demandCsrf(session, { cookie: `__Host-session=${session}` }), { code: "csrf-missing" });
  t.match(csrfOf(session), /^[\w-]{43}$/);
});
