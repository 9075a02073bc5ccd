/** What a device of the tests has to tell: small documents with a value for every kind of search. */

export const ok = (document: unknown, schema = 1) => ({ schema, status: "ok", document });

export interface Machine {
  readonly hostname: string;
  readonly serial: string;
  readonly model: string;
  readonly memory: number;
  readonly mac: string;
  readonly address: string;
  readonly packages: readonly string[];
}

const usual: Machine = {
  hostname: "ada",
  serial: "SN-ADA-1",
  model: "Analytical 12",
  memory: 16 * 2 ** 30,
  mac: "02:00:00:00:00:01",
  address: "192.168.7.1/24",
  packages: ["openssl 3.0.17-1", "zlib1g 1.2.13"],
};

/** Sections of four categories, as a `PUT /v1/sections` takes them. */
export function machine(changes: Partial<Machine> = {}) {
  const { hostname, serial, model, memory, mac, address, packages } = { ...usual, ...changes };
  return {
    memory: ok({ modules: [{ serial: `${serial}-M`, slot: "DIMM 0" }], total: memory }),
    network: ok({ interfaces: [{ addresses: [address], mac, name: "eth0" }] }),
    "operating-system": ok({ build: `${hostname}-build`, hostname, name: "Debian", version: "12.11" }),
    "software.deb": ok({
      packages: packages.map((text) => {
        const [name, version] = text.split(" ");
        return { architecture: "amd64", name, version };
      }),
    }),
    system: ok({ manufacturer: "Babbage", model, serial }),
  };
}
