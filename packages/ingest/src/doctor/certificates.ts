/** How long the certificates live that the server made for itself; the operator's own are files that it is started with. */
import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readAnnounced } from "../identity/announced-file.ts";
import { current } from "../identity/rotation.ts";
import { day } from "../milliseconds.ts";
import { type Finding, fail, ok, type Patient, warn } from "./finding.ts";

/** A server renews long before. */
const soon = 14 * day;
/** A new CA is announced for 90 days before it is used. */
const soonCa = 120 * day;

export function examineCertificate({ directory, now }: Patient): Finding {
  const keys = join(directory, "keys");
  const leaf = join(keys, "leaf.pem");
  const isThere = existsSync(keys) && readdirSync(keys).includes("leaf.pem");
  if (!isThere)
    return ok("certificate", "it has none of its own, which loopback, a proxy or another's do not need");
  const ends = [endOf(readFileSync(leaf, "utf8")), endOfCa(keys)] as const;
  const [leafEnds, caEnds] = ends;
  const found = `the certificate ends ${dateOf(leafEnds)}, its CA ${caEnds === null ? "is missing" : dateOf(caEnds)}`;
  const renew = "a running server renews it; start one with the options that it had";
  if (leafEnds <= now) return fail("certificate", found, renew);
  if (caEnds !== null && caEnds - now < soonCa)
    return (caEnds <= now ? fail : warn)("certificate", found, "rollcall keys rotate ca");
  return leafEnds - now < soon ? warn("certificate", found, renew) : ok("certificate", found);
}

const endOf = (pem: string): number => new X509Certificate(pem).validToDate.getTime();

function endOfCa(keys: string): number | null {
  const announced = current(readAnnounced(keys).ca)?.announcement;
  return announced ? endOf(announced.ca) : null;
}

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
