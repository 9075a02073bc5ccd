/** Good values for the members that messages share. */
import { type Grant, grantOf, usualPurposes } from "../consent.ts";
import { digestOf } from "../digest.ts";
import { newDeviceId, newInstallationId, newSecret } from "../identifier.ts";
import { newSigningKey } from "../keys.ts";

export const installation = newInstallationId();
export const device = newDeviceId();
export const serverKey = newSigningKey();
export const digest = digestOf({});
export const at = "2026-03-01T12:00:00Z";
export const session = `rcs_7.${newSecret()}`;
export const token = `rce_${newSecret()}`;
export const applications = [{ number: "rollcall-agent", version: "0.1.0", channel: "stable" }];
export const policy = { version: 0, digest };
export const grants: readonly Grant[] = [
  grantOf({ category: "hardware", purposes: usualPurposes }, "personal", {
    by: "ada",
    interactive: true,
    at,
    policyDigest: digest,
  }),
];

/** Of an id, a digest or a key what looks nearly like one. */
export function nearlyRight(text: string): readonly unknown[] {
  return [
    "",
    text.slice(1),
    text.slice(0, -1),
    `${text}A`,
    `${text}\n`,
    ` ${text}`,
    `${text}=`,
    5,
    null,
    [text],
  ];
}

export const wrongNumbers = [0, -1, 1.5, "1", 2 ** 53, null, [1]];
export const wrongInstants = ["", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01T12:00:00+01:00", 0, null];
