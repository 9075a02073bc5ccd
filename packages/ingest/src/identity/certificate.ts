/**
 * The certificate that the server shows: made and renewed by itself under its own CA, or the operator's, read again
 * when its files change.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { writeAtomically } from "@rollcall/host";
import type { ServerKeys } from "./server-keys.ts";

/** Key and certificates, PEM. */
export interface Shown {
  readonly key: string;
  readonly cert: string;
}

export interface Certificate {
  readonly shown: Shown;
  /** Makes or reads another where that is due; says whether `shown` is another now. */
  tend(): Promise<boolean>;
}

/** Renewed when less of its life is left. */
const shareLeft = 1 / 3;

/** A certificate for these names under the server's own CA, in a file beside its keys. */
export async function ownCertificate(
  directory: string,
  keys: ServerKeys,
  names: readonly string[],
  now: () => number,
): Promise<Certificate> {
  const file = join(directory, "keys", "leaf.pem");
  const isGood = (pem: string, ca: string) => fits(pem, ca, names) && isFresh(pem, now());
  const make = async () => {
    const [authority, { makeLeaf }] = [await keys.authority(), await import("./certificates.ts")];
    const { key, certificate } = await makeLeaf(authority, names, now());
    writeAtomically(file, key + certificate);
    return { key, cert: certificate };
  };
  const { certificate: ca } = await keys.authority();
  const kept = readIfThere(file);
  let shown = kept !== null && isGood(kept, ca) ? { key: kept, cert: kept } : await make();
  return {
    get shown() {
      return shown;
    },
    async tend() {
      if (isGood(shown.cert, (await keys.authority()).certificate)) return false;
      shown = await make();
      return true;
    },
  };
}

/** Whether a certificate was made by this CA for all these names. */
function fits(pem: string, ca: string, names: readonly string[]): boolean {
  const [certificate, issuer] = [new X509Certificate(pem), new X509Certificate(ca)];
  return (
    certificate.checkIssued(issuer) &&
    certificate.verify(issuer.publicKey) &&
    names.every(
      (name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined,
    )
  );
}

function isFresh(pem: string, now: number): boolean {
  const { validFromDate, validToDate } = new X509Certificate(pem);
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()];
  return now >= from && to - now > (to - from) * shareLeft;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** The operator's own. Throws naming the files when they do not fit each other; once it runs, the last good one stays. */
export function operatorCertificate(certFile: string, keyFile: string): Certificate {
  const readBoth = (): Shown => {
    try {
      const shown = { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
      createSecureContext(shown);
      return shown;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${certFile} and ${keyFile} are no certificate with its key: ${reason}`, { cause });
    }
  };
  const stamp = () => [certFile, keyFile].map((file) => statSync(file).mtimeMs).join();
  let [shown, seen] = [readBoth(), stamp()];
  return {
    get shown() {
      return shown;
    },
    async tend() {
      const at = stamp();
      if (at === seen) return false;
      shown = readBoth();
      seen = at;
      return true;
    },
  };
}

/** The topmost certificate of a chain in PEM: what an agent pins when it is asked to. */
export function topOf(chain: string): string {
  const all = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return `${all.at(-1) ?? ""}\n`.replaceAll("\r", "");
}
