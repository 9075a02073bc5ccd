/** Whose certificates a program believes, and what is wrong with one in words that a person understands. */
import type { ConnectionOptions } from "node:tls";

/** Options of a TLS connection that trusts this CA alone (PEM), or, without one, what this machine trusts. */
export async function trusting(
  ca: string | undefined,
): Promise<Pick<ConnectionOptions, "ca" | "minVersion" | "allowPartialTrustChain" | "rejectUnauthorized">> {
  return {
    ca: ca ?? (await systemTrust()),
    // What was pinned need not be the top of its chain.
    allowPartialTrustChain: true,
    minVersion: "TLSv1.2",
    // Whatever the environment says (NODE_TLS_REJECT_UNAUTHORIZED).
    rejectUnauthorized: true,
  };
}

/** The system's trust store, and what NODE_EXTRA_CA_CERTS adds; not the list that comes with Node. */
async function systemTrust(): Promise<string[]> {
  const { getCACertificates } = await import("node:tls");
  return [...getCACertificates("system"), ...getCACertificates("extra")];
}

const untrusted = "its certificate is not one that is trusted here";

/** Codes of Node and OpenSSL; whatever else begins like one of a certificate or of TLS is told by its code. */
const words: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired, or this machine's clock is wrong",
  CERT_NOT_YET_VALID: "its certificate is not valid yet, or this machine's clock is wrong",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_UNTRUSTED: untrusted,
  INVALID_PURPOSE: "its certificate is not one of a server",
  EPROTO: "it does not speak TLS as this program does",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "it speaks an old version of TLS only",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "it speaks an old version of TLS only",
};

/** What kept a connection from being trusted, null where it was something else. */
export function distrust(code: string): string | null {
  return words[code] ?? null;
}

/** Whether a certificate was shown that nobody who is trusted here vouches for: another server's, or a forged one. */
export function isUntrusted(code: string): boolean {
  return words[code] === untrusted;
}
