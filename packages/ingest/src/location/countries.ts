/**
 * The country of an address, from a database that is shipped with the server (public domain). It is read when it is
 * first asked for: 8 MB and a thirtieth of a second, which a server of devices without a place never pays.
 */
import { readFile } from "node:fs/promises";
import { isPublicAddress } from "@rollcall/protocol";
import type { Reader } from "maxmind";
import { z } from "zod";

const found = z.object({ country_code: z.string().regex(/^[A-Z]{2}$/) });

type Database = Pick<Reader<never>, "get">;

export class Countries {
  #database: Promise<Database> | undefined;

  /** ISO 3166 code; null where nobody knows, as of addresses that mean nothing outside their network. */
  async of(address: string | undefined): Promise<string | null> {
    const plain = (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
    if (plain === "" || !isPublicAddress(plain)) return null;
    this.#database ??= readDatabase();
    const record = found.safeParse((await this.#database).get(plain));
    return record.success ? record.data.country_code : null;
  }
}

async function readDatabase(): Promise<Database> {
  const { Reader: Database } = await import("maxmind");
  const file = import.meta.resolve("@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb");
  return new Database<never>(await readFile(new URL(file)));
}
