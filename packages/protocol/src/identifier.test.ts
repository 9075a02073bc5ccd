// Identifiers: random, and of a form that can be told from anything else.
import fc from "fast-check";
import t from "tap";
import {
  agentApplication,
  applicationNumberSchema,
  deviceIdSchema,
  installationIdSchema,
  newDeviceId,
  newInstallationId,
  newSecret,
} from "./identifier.ts";
import { anyCharacter } from "./testing/any-character.ts";

t.test("makes ids in the form that it takes them in, each another", async (t) => {
  const installations = Array.from({ length: 200 }, newInstallationId);
  const devices = Array.from({ length: 200 }, newDeviceId);
  t.ok(installations.every((id) => /^ins_[a-z2-7]{26}$/.test(id)));
  t.ok(devices.every((id) => /^dev_[a-z2-7]{26}$/.test(id)));
  t.ok(installations.every((id) => installationIdSchema.safeParse(id).success));
  t.ok(devices.every((id) => deviceIdSchema.safeParse(id).success));
  t.equal(new Set([...installations, ...devices].map((id) => id.slice(4))).size, 400);
});

t.test("uses every character of the alphabet about equally often", async (t) => {
  const counts = new Map<string, number>();
  for (const character of Array.from({ length: 500 }, () => newDeviceId().slice(4)).join(""))
    counts.set(character, (counts.get(character) ?? 0) + 1);
  t.equal([...counts.keys()].sort().join(""), "234567abcdefghijklmnopqrstuvwxyz");
  // 406 of each are expected; half and double are fifteen standard deviations away.
  t.ok([...counts.values()].every((count) => count > 203 && count < 812));
});

t.test("makes secrets of 32 bytes, each another", async (t) => {
  const secrets = Array.from({ length: 100 }, newSecret);
  t.ok(secrets.every((secret) => /^[A-Za-z0-9_-]{43}$/.test(secret)));
  t.ok(secrets.every((secret) => Buffer.from(secret, "base64url").length === 32));
  t.equal(new Set(secrets).size, 100);
});

t.test("takes an id of one kind for no other, and nothing near it", async (t) => {
  const id = newInstallationId();
  t.notOk(deviceIdSchema.safeParse(id).success);
  t.notOk(installationIdSchema.safeParse(newDeviceId()).success);
  const others = [
    id.toUpperCase(),
    id.slice(1),
    id.slice(0, -1),
    `${id}a`,
    `${id}\n`,
    ` ${id}`,
    `${id.slice(0, -1)}1`,
    "",
    5,
  ];
  t.strictSame(
    others.filter((other) => installationIdSchema.safeParse(other).success),
    [],
  );
});

t.test("takes application numbers as PROTOCOL.md writes them", async (t) => {
  const good = ["a", "0", "a.b", "a-b", "a.", "9-.", "a".repeat(64), agentApplication];
  const bad = ["", ".a", "-a", "A", "a_b", "a b", "a/b", "a\n", "é", "a".repeat(65), 1, null];
  t.strictSame(
    [...good, ...bad].filter((number) => applicationNumberSchema.safeParse(number).success),
    good,
  );
});

t.test("takes no text that is not wholly an id", async () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), fc.string({ unit: anyCharacter }), (before, behind) => {
      fc.pre(before + behind !== "");
      const around = before + newDeviceId() + behind;
      return !deviceIdSchema.safeParse(around).success;
    }),
    { numRuns: 200 },
  );
});
