/** What a device of the tests has to tell: small documents with a value for every kind of search. */
import type { SimulatedDevice } from "./simulated-device.ts";
import type { TestServer } from "./test-server.ts";

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

/** A device that has enrolled, checked in and told all of this. */
export async function told(
  server: TestServer,
  changes: Partial<Machine> = {},
  options: Readonly<Record<string, unknown>> = {},
): Promise<SimulatedDevice> {
  const device = await server.device(options);
  await device.checkedIn();
  const { refused } = await device.sent(machine(changes));
  if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
  return device;
}
