/** Errors between threads keep what callers act on and what the log tells. */
import { RollcallError } from "@rollcall/protocol";
import t from "tap";
import { packError, unpackError } from "./crossed-error.ts";

const crossed = (error: unknown) => unpackError(structuredClone(packError(error)));

t.test("brings a problem across with its code, facts and cause", async (t) => {
  const cause = Object.assign(new Error("disk"), { name: "SqliteError", code: "SQLITE_FULL" });
  const facts = { detail: "later", retryAfterSeconds: 60, extra: { consentNumber: 3 } };
  const error = crossed(new RollcallError("busy", { ...facts, cause }));
  t.ok(error instanceof RollcallError);
  t.match(error, { code: "busy", message: "later", facts, status: 503 });
  t.match(error.cause, { name: "SqliteError", code: "SQLITE_FULL", message: "disk", stack: cause.stack });
});

t.test("makes an error of whatever was thrown, and follows no ring of causes for ever", async (t) => {
  t.match(crossed("a text"), { name: "Error", message: "a text" });
  const ring = new Error("ring");
  ring.cause = ring;
  t.equal(crossed(ring).message, "ring");
});
