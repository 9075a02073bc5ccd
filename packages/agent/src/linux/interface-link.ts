/** How an interface's link runs and what it is made of, from the files in its folder below /sys/class/net. */
import { type InterfaceFacts, isDevice } from "./interface-kind.ts";

/** Whether it is up, where the driver knows, and how a device's link then runs. */
export function linkOf(facts: InterfaceFacts, file: (attribute: string) => string | undefined) {
  const state = file("operstate");
  const isRunning = isDevice(facts) && state === "up";
  const duplex = isRunning ? file("duplex") : undefined;
  return {
    up: state === "up" || (state === "down" ? false : undefined),
    speed: isRunning ? parseSpeed(file("speed")) : undefined,
    duplex: duplexes.find((each) => each === duplex),
  };
}

const duplexes = ["full", "half"] as const;

/** Kinds that are made on top of one other interface. */
const upperKinds: ReadonlySet<string> = new Set(["ipvlan", "macsec", "macvlan", "macvtap", "vlan"]);

/** The interface that it is made on top of. */
export function lowerOf({ entries }: InterfaceFacts, type: string | undefined): string | undefined {
  if (!upperKinds.has(type ?? "")) return undefined;
  const [lower, ...others] = [...entries].filter((entry) => entry.startsWith("lower_"));
  return others.length === 0 ? lower?.slice("lower_".length) : undefined;
}

export const vlanTable = "/proc/net/vlan/config";

/** The number of a VLAN in that table: `eth0.10 | 10 | eth0`. */
export function parseVlanId(table: string | undefined, name: string): number | undefined {
  const row = table?.split("\n").find((line) => line.split("|")[0]?.trim() === name);
  const id = /^\s*(\d{1,4})\s*$/.exec(row?.split("|")[1] ?? "")?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Bytes; of the loopback and some tunnels it is as large as can be. */
export function parseMtu(text: string | undefined): number | undefined {
  return /^[1-9]\d{0,9}$/.test(text ?? "") ? Number(text) : undefined;
}

/** Megabits per second; drivers that do not know say -1, or the same without its sign. */
export function parseSpeed(text: string | undefined): number | undefined {
  const speed = /^\d{1,8}$/.test(text ?? "") ? Number(text) : 0;
  return speed > 0 ? speed : undefined;
}
