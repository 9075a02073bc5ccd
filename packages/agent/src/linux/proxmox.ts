/** Machines and containers of Proxmox VE: /etc/pve/qemu-server/ID.conf (qm.conf(5)), /etc/pve/lxc/ID.conf (pct.conf(5)). */
import { type Look, present } from "../collecting/collector.ts";

export interface ProxmoxGuest {
  readonly name: string;
  readonly uuid?: string;
  readonly system?: string;
  /** Bytes. */
  readonly memory?: number;
  readonly cpus?: number;
  readonly autostart: boolean;
}

const mostGuests = 4_096;

/** Guests of one kind; two of one name are told apart by their numbers. Templates are left out. */
export function readGuests(look: Look, folder: string): ProxmoxGuest[] {
  const guests = look
    .names(folder)
    .flatMap((file) => /^(\d{1,9})\.conf$/.exec(file)?.[1] ?? [])
    .slice(0, mostGuests)
    .flatMap((id) => {
      const guest = parseGuest(look.text(`${folder}/${id}.conf`) ?? "");
      return guest ? [{ id, ...guest }] : [];
    });
  const times = Map.groupBy(guests, ({ name }) => name);
  return guests.map(({ id, name = id, ...guest }) => ({
    ...guest,
    name: (times.get(name)?.length ?? 0) > 1 ? `${name} (${id})` : name,
  }));
}

const MiB = 2 ** 20;

/** `key: value` lines up to the first snapshot, which has its name in brackets. */
export function parseGuest(
  text: string,
): (Omit<ProxmoxGuest, "name"> & { readonly name?: string }) | undefined {
  const [own = ""] = text.split(/^\[/m, 1);
  const values = new Map(
    own.split("\n").flatMap((line) => {
      const [, key, value] = /^([a-z]\w*):\s*(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value.trim()] as const];
    }),
  );
  if (values.size === 0 || values.get("template") === "1") return undefined;
  const number = (key: string) => {
    const [, digits] = /^(?:current=)?(\d{1,9})\b/.exec(values.get(key) ?? "") ?? [];
    return digits === undefined ? undefined : Number(digits);
  };
  const memory = number("memory");
  const cores = number("cores");
  return present({
    name: values.get("name") ?? values.get("hostname"),
    uuid: /\buuid=([0-9a-f-]{36})\b/i.exec(values.get("smbios1") ?? "")?.[1]?.toLowerCase(),
    system: values.get("ostype"),
    memory: memory === undefined ? undefined : memory * MiB,
    cpus: number("vcpus") ?? (cores === undefined ? undefined : cores * (number("sockets") ?? 1)),
    autostart: values.get("onboot") === "1",
  });
}
