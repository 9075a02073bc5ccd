/** Random identifiers. Nothing derived from hardware is an id. */
import { randomBytes } from "node:crypto";
import { z } from "zod";

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
const length = 26;

function randomIdentifier(prefix: string): string {
  let text = prefix;
  for (const byte of randomBytes(length)) text += alphabet[byte & 31];
  return text;
}

const pattern = (prefix: string) => new RegExp(`^${prefix}[a-z2-7]{${length}}$`);

export const newInstallationId = () => randomIdentifier("ins_");
export const newDeviceId = () => randomIdentifier("dev_");
export const installationIdSchema = z.string().regex(pattern("ins_"));
export const deviceIdSchema = z.string().regex(pattern("dev_"));

/** 32 random bytes as text: the secret part of tokens and sessions. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** An application number: the product that checks in, as in Omaha. */
export const applicationNumberSchema = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/);

/** The agent's own application number, known to every server and always sent. */
export const agentApplication = "rollcall-agent";
export const defaultChannel = "stable";
