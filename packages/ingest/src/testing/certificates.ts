/** Certificates for tests, made as the server makes its own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CertificateAuthority, makeCa, makeLeaf } from "../identity/certificates.ts";

const loopbackNames = ["localhost", "127.0.0.1", "::1"];

export const newAuthority = (at = Date.now()): Promise<CertificateAuthority> => makeCa("of a test", at);

/** A certificate with its key in two files; `at` is when it was made, good for 90 days. */
export async function certificateFiles(
  folder: string,
  authority: CertificateAuthority,
  { names = loopbackNames, at = Date.now() } = {},
): Promise<{ readonly cert: string; readonly key: string }> {
  const { certificate, key } = await makeLeaf(authority, names, at);
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  writeFileSync(files.cert, certificate + authority.certificate);
  writeFileSync(files.key, key);
  return files;
}
