/** What a status does to the document that is there: only "gone" removes it, "could not look" never does. */
import { documentAfter, statuses } from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { machine } from "../testing/machine.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";
import { stateAfter, statesOf } from "./section-states.ts";

const [old, fresh] = ["old", "new"];

t.test("replaces, keeps or removes the document's digest as the status says", async (t) => {
  const stored = { status: "ok", digest: old } as const;
  t.same(
    statuses.map((status) => [
      status,
      stateAfter(stored, { status, digest: status === "ok" ? fresh : null }).digest,
    ]),
    [
      ["ok", fresh],
      ["none", null],
      ["denied", old],
      ["tool-missing", old],
      ["unsupported", old],
      ["not-consented", null],
      ["failed", old],
      ["timed-out", old],
    ],
  );
});

t.test("has nothing to keep where nothing was, and remembers what was kept before", async (t) => {
  t.same(stateAfter(undefined, { status: "failed", digest: null }), { status: "failed", digest: null });
  const kept = stateAfter({ status: "failed", digest: old }, { status: "timed-out", digest: null });
  t.same(kept, { status: "timed-out", digest: old });
  t.same(statesOf(new Map([["memory", kept]])), { memory: ["timed-out", old] });
});

const whole = z.looseObject({
  hostname: z.string().nullable(),
  sections: z.record(z.string(), z.looseObject({ status: z.string(), document: z.unknown().optional() })),
});
const page = z.looseObject({ total: z.int() });

t.test("shows and finds a document exactly as long as its last status lets it stand", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const sections = machine();
  const seen = async ({ device }: SimulatedDevice) => {
    const { body } = await server.admin("GET", `/api/v1/devices/${device}`);
    const { hostname, sections: all } = whole.parse(body);
    const found = await server.admin("GET", "/api/v1/devices?fresh=true&q=host:ada");
    const { status, document } = all["operating-system"] ?? {};
    return { status, document, hostname, found: page.parse(found.body).total };
  };
  for (const status of statuses.filter((each) => each !== "ok")) {
    const device = await server.device();
    await device.checkedIn();
    const first = await device.sent(sections);
    const { receipt } = await device.sent({ "operating-system": { schema: 1, status } });
    const kept = documentAfter(status) === "kept";
    const { document } = sections["operating-system"];
    t.same(
      await seen(device),
      kept
        ? { status, document, hostname: "ada", found: 1 }
        : { status, document: undefined, hostname: null, found: 0 },
    );
    const digest = first.receipt.sections["operating-system"]?.[1];
    t.same(receipt.sections, { "operating-system": [status, kept ? digest : null] });
    await device.sent({ "operating-system": sections["operating-system"] });
    t.same(await seen(device), { status: "ok", document, hostname: "ada", found: 1 });
    t.same((await device.checkedIn()).wants, []);
    await device.sent({}, { baseStateDigest: null });
  }
});
