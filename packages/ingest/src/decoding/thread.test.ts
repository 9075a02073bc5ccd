/** The decoding thread: whatever becomes of it, only the request that it worked for is lost. */
import { compress, stateDigest } from "@rollcall/protocol";
import t from "tap";
import type { SubmittedBody } from "../check-ins/judge-sections.ts";
import { DecodingThread } from "./thread.ts";

const body = (text: string): SubmittedBody => ({
  bytes: compress(Buffer.from(text)),
  encoding: "zstd",
  dictionaryId: undefined,
  acknowledged: [],
  reprDigest: undefined,
  decodedLimit: 1_024,
  documentLimit: 1_024,
  flapping: [],
  consent: { consentNumber: 1, grants: [], ownership: "organisation" },
});

const empty = `{"baseStateDigest":"${stateDigest({})}","consentNumber":1,"counter":1,"sections":{}}`;
const judged = { counter: 1, consentNumber: 1, base: stateDigest({}), accepted: [], refused: [] };

/** A thread that answers with its input, crashes at a body of 1 byte, ends at one of 2, and never answers one of 3. */
const misbehaving = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", ({ input: { bytes } }) => {
      if (bytes.length === 1) throw new Error("crashed");
      if (bytes.length === 2) process.exit();
      if (bytes.length === 3) for (;;);
      parentPort.postMessage({ result: bytes.length });
    });
  `)}`,
);

const sized = (length: number): SubmittedBody => ({ ...body(""), bytes: new Uint8Array(length) });
const codeOf = (run: Promise<unknown>) =>
  run.then(
    (result) => result,
    (error: { code: string }) => error.code,
  );

t.test("gives back what the task made of it, or the problem that it found", async (t) => {
  const thread = new DecodingThread();
  t.teardown(() => thread.close());
  t.same(await thread.run("judgeSections", body(empty)), judged);
  await t.rejects(thread.run("judgeSections", body("[]")), {
    code: "invalid-request",
    facts: { errors: [{ pointer: "" }] },
  });
  await t.rejects(thread.run("judgeSections", body("{")), { code: "invalid-json" });
});

t.test("loses the one task at which the thread crashes or ends, and takes the next", async (t) => {
  const thread = new DecodingThread({ module: misbehaving });
  t.teardown(() => thread.close());
  const results = [5, 1, 6, 2, 7].map((length) => codeOf(thread.run("judgeSections", sized(length))));
  t.same(await Promise.all(results), [5, "busy", 6, "busy", 7]);
});

t.test("gives up a task that does not end, tells why, and takes the next", async (t) => {
  const thread = new DecodingThread({ module: misbehaving, milliseconds: 2_000 });
  t.teardown(() => thread.close());
  const stuck = thread.run("judgeSections", sized(3));
  const next = codeOf(thread.run("judgeSections", sized(9)));
  await t.rejects(stuck, {
    code: "busy",
    facts: { retryAfterSeconds: 60 },
    cause: { message: "judgeSections did not end in time" },
  });
  t.equal(await next, 9);
});

t.test("begins a task when its turn has come, and passes over one that may not begin", async (t) => {
  const thread = new DecodingThread({ module: misbehaving });
  t.teardown(() => thread.close());
  const order: string[] = [];
  const run = (name: string, length: number) =>
    codeOf(
      thread.run("judgeSections", sized(length), () => {
        order.push(name);
        return () => order.push(`${name} let go`);
      }),
    ).then(() => order.push(`${name} done`));
  const refused = codeOf(
    thread.run("judgeSections", sized(8), () => {
      throw Object.assign(new Error("no room"), { code: "no-room" });
    }),
  );
  await Promise.all([run("a", 5), run("b", 6), run("c", 7)]);
  t.equal(await refused, "no-room");
  t.same(
    order.filter((step) => !step.endsWith("done")),
    ["a", "a let go", "b", "b let go", "c", "c let go"],
  );
});

t.test("refuses what still waits when it is closed", async (t) => {
  const thread = new DecodingThread({ module: misbehaving });
  const waiting = [3, 5].map((length) => codeOf(thread.run("judgeSections", sized(length))));
  await thread.close();
  t.same(await Promise.all(waiting), ["stopping", "stopping"]);
  t.equal(await codeOf(thread.run("judgeSections", sized(5))), "stopping");
});
