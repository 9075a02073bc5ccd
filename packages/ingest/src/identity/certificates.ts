/**
 * Makes certificates: the server's own CA, and the one that it shows. Loaded only where one has to be made, for the
 * library behind it takes a quarter of a second.
 */
import "reflect-metadata";
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";
import { day } from "../milliseconds.ts";

/** A CA: its certificate and the key that signs with it, both PEM. */
export interface CertificateAuthority {
  readonly certificate: string;
  readonly key: string;
}

export const caMilliseconds = 3_650 * day;
export const leafMilliseconds = 90 * day;
/** Clocks of devices may be behind. */
const slack = day;

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
x509.cryptoProvider.set(webcrypto);

/** A new CA for the server with this id. */
export async function makeCa(server: string, now: number): Promise<CertificateAuthority> {
  const keys = newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...serialAndDates(now, caMilliseconds),
    name: [{ CN: [`Rollcall CA of server ${server}`] }],
    signingAlgorithm: algorithm,
    keys: cryptoKeys(keys),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(cryptoKeys(keys).publicKey),
    ],
  });
  return { certificate: pemOf(certificate), key: privatePem(keys.privateKey) };
}

/** A new certificate for these names and addresses, signed by the CA: key and certificate, PEM. */
export async function makeLeaf(
  authority: CertificateAuthority,
  names: readonly string[],
  now: number,
): Promise<{ readonly key: string; readonly certificate: string }> {
  const keys = newKeys();
  const issuer = new x509.X509Certificate(authority.certificate);
  const { publicKey } = cryptoKeys(keys);
  const certificate = await x509.X509CertificateGenerator.create({
    ...serialAndDates(now, leafMilliseconds),
    subject: [{ CN: ["Rollcall"] }],
    issuer: issuer.subjectName,
    signingAlgorithm: algorithm,
    publicKey,
    signingKey: createPrivateKey(authority.key).toCryptoKey(algorithm, false, ["sign"]),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) ? "ip" : "dns", value: name })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { key: privatePem(keys.privateKey), certificate: pemOf(certificate) };
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const newKeys = (): Keys => generateKeyPairSync("ec", { namedCurve: "P-256" });
const privatePem = (key: KeyObject) => String(key.export({ type: "pkcs8", format: "pem" }));
const pemOf = (certificate: x509.X509Certificate) => `${certificate.toString("pem").trim()}\n`;

function serialAndDates(now: number, lifetime: number) {
  return {
    // Positive, whatever its first bit would be.
    serialNumber: `01${randomBytes(15).toString("hex")}`,
    notBefore: new Date(now - slack),
    notAfter: new Date(now + lifetime),
  };
}

function cryptoKeys({ publicKey, privateKey }: Keys): webcrypto.CryptoKeyPair {
  return {
    publicKey: publicKey.toCryptoKey(algorithm, true, ["verify"]),
    privateKey: privateKey.toCryptoKey(algorithm, true, ["sign"]),
  };
}
