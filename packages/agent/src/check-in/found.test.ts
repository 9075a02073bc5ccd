/** What was found, made ready to be sent. */
import { canonical, digestOf, type Grant, grantOf, sectionNamed, usualPurposes } from "@rollcall/protocol";
import t from "tap";
import type { AcknowledgedSection } from "../state/files.ts";
import { prepare } from "./found.ts";

const giver = { by: "ada", interactive: false, at: "2026-01-02T03:04:05.000Z", policyDigest: digestOf({}) };
const grants: readonly Grant[] = (["hardware", "network"] as const).map((category) =>
  grantOf({ category, purposes: usualPurposes }, "personal", giver),
);
const consented = { grants, ownership: "personal" } as const;
const accepts = { memory: 100, network: 100 };

/** As the server has acknowledged a document, be it a valid one or not. */
function acknowledged(section: string, document: unknown): Record<string, AcknowledgedSection> {
  const schema = sectionNamed(section)?.schema ?? 0;
  return { [section]: { schema, status: "ok", digest: digestOf(document), body: canonical(document) } };
}

const prepared = (section: string, document: unknown, former: Record<string, AcknowledgedSection>) =>
  prepare(new Map([[section, { status: "ok", document }]]), consented, accepts, () => undefined, former).get(
    section,
  );

t.test("makes the same of what the server has taken as of what it has not", async (t) => {
  const document = { total: 2 ** 30 };
  const fresh = prepared("memory", document, {});
  t.equal(fresh?.digest, digestOf(document));
  t.same(prepared("memory", document, acknowledged("memory", document)), fresh);
});

t.test("checks what differs in any byte from what the server has taken", async (t) => {
  t.equal(prepared("memory", { total: -1 }, acknowledged("memory", { total: 1 }))?.status, "failed");
});

t.test("checks what could locate the device each time", async (t) => {
  const document = { interfaces: [{ name: "eth0", addresses: ["8.8.8.8/24"] }] };
  t.equal(prepared("network", document, acknowledged("network", document))?.status, "failed");
});
