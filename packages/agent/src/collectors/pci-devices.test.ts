// Section `pci-devices`: what is on the buses, by name where the names are known.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import t from "tap";
import { collected, type Tree } from "../testing/collected.ts";
import { record, recordAt, withoutRecords } from "../testing/records.ts";

const slot = "/sys/bus/pci/devices/0000:00:02.0";
const chip: Tree = {
  [`${slot}/uevent`]:
    "DRIVER=i915\nPCI_CLASS=30000\nPCI_SLOT_NAME=0000:00:02.0\nMODALIAS=pci:v00008086d000046A6sv000017AAsd000022E7bc03sc00i00\n",
  [`${slot}/revision`]: "0x0c\n",
};
const names =
  "17aa  Lenovo\n8086  Intel Corporation\n\t46a6  Alder Lake-P Integrated Graphics\n\t\t17aa 22e7  ThinkPad X1\n";

t.test("tells chip, board and driver", async (t) => {
  const { document } = await collected(t, "pci-devices", { ...chip, "/usr/share/misc/pci.ids": names });
  t.same(document, {
    devices: [
      {
        slot: "0000:00:02.0",
        class: "VGA compatible controller",
        manufacturer: "Intel Corporation",
        model: "Alder Lake-P Integrated Graphics",
        id: "8086:46a6",
        subsystemManufacturer: "Lenovo",
        subsystem: "ThinkPad X1",
        subsystemId: "17aa:22e7",
        revision: "0c",
        driver: "i915",
      },
    ],
  });
});

t.test("asks udev for names where no list is installed", async (t) => {
  const udev = "E:ID_VENDOR_FROM_DATABASE=Intel Corporation\nE:ID_MODEL_FROM_DATABASE=Alder Lake\n";
  const { document } = await collected(t, "pci-devices", {
    ...chip,
    "/run/udev/data/+pci:0000:00:02.0": udev,
  });
  t.match(document, {
    devices: [{ manufacturer: "Intel Corporation", model: "Alder Lake", subsystem: undefined }],
  });
});

t.test("takes the numbers from single files, and what does not say its numbers for none", async (t) => {
  const { document } = await collected(t, "pci-devices", {
    [`${slot}/vendor`]: "0x1b36\n",
    [`${slot}/device`]: "0x0100\n",
    [`${slot}/class`]: "0x038000\n",
    [`${slot}/subsystem_vendor`]: "0x0000\n",
    [`${slot}/subsystem_device`]: "0x0000\n",
    [`${slot}/revision`]: "0x00\n",
    [`${slot}/driver`]: { link: "../../../bus/pci/drivers/qxl" },
    "/sys/bus/pci/devices/0000:00:03.0/vendor": "nonsense",
    "/sys/bus/pci/devices/0000:00:04.0/uevent": "MODALIAS=pci:v0000GGGG\n",
    "/sys/bus/pci/devices/other/vendor": "0x8086\n",
  });
  t.same(document, {
    devices: [{ slot: "0000:00:02.0", class: "Display controller", id: "1b36:0100", driver: "qxl" }],
  });
});

t.test("says none where there is no such bus", async (t) => {
  t.match(await collected(t, "pci-devices", {}), { status: "none", diagnostics: [] });
});

interface Listed {
  readonly slot: string;
  readonly class: string;
  readonly vendor: string;
  readonly device: string;
  readonly subVendor: string | undefined;
  readonly subDevice: string | undefined;
}

/** Devices as `lspci -vmm` prints them: a paragraph each, `Key:\tvalue`. */
function listed(file: string): Listed[] {
  const paragraphs = record(`lspci/${file}`).toString().trim().split(/\n\n+/);
  return paragraphs.map((paragraph) => {
    const value = (key: string) => new RegExp(`^${key}:\\t(.*)$`, "m").exec(paragraph)?.[1];
    return {
      slot: `0000:${value("Slot")}`,
      class: value("Class") ?? "",
      vendor: value("Vendor") ?? "",
      device: value("Device") ?? "",
      subVendor: value("SVendor"),
      subDevice: value("SDevice"),
    };
  });
}

t.test("tells of a recorded machine what lspci told there", { skip: withoutRecords }, async (t) => {
  const [numbers, names] = [listed("vmware-nmmv.txt"), listed("vmware-mmv.txt")];
  const upper = (id = "0000") => id.toUpperCase();
  const tree = numbers.map((each): [string, string] => [
    `/sys/bus/pci/devices/${each.slot}/uevent`,
    `MODALIAS=pci:v0000${upper(each.vendor)}d0000${upper(each.device)}sv0000${upper(each.subVendor)}sd0000${upper(each.subDevice)}bc${upper(each.class.slice(0, 2))}sc${upper(each.class.slice(2))}i00\n`,
  ]);
  // The list of ids that lspci must have had, in no order.
  const ids = numbers.flatMap(({ vendor, device, subVendor, subDevice }, index) => {
    const name = names[index];
    const board = subVendor === undefined ? "" : `\t\t${subVendor} ${subDevice}  ${name?.subDevice}\n`;
    const maker = subVendor === undefined ? "" : `${subVendor}  ${name?.subVendor}\n`;
    return [`${vendor}  ${name?.vendor}\n\t${device}  ${name?.device}\n${board}`, maker];
  });
  const { document } = await collected(t, "pci-devices", {
    ...Object.fromEntries(tree),
    "/usr/share/misc/pci.ids": merged(ids.join("")),
  });
  const devices: readonly Record<string, string>[] = Reflect.get(Object(document), "devices");
  t.same(
    devices.map((each) => [each.slot, each.class, each.manufacturer, each.model, each.subsystem]),
    names.map((each) => [each.slot, each.class, each.vendor, each.device, each.subDevice]),
  );
  t.ok(devices.length > 10);
});

/** Each maker once, with all that is below. */
function merged(text: string): string {
  const blocks = text.split(/\n(?!\t)/).map((block) => block.split(/\n(?=\t[^\t])/));
  const makers = Map.groupBy(blocks, ([maker = ""]) => maker);
  return [...makers]
    .map(([maker, each]) => [maker, ...new Set(each.flatMap((rest) => rest.slice(1)))].join("\n"))
    .join("\n");
}

t.test("reads /sys of a real machine", { skip: withoutRecords }, async (t) => {
  const root = t.testdir();
  const archive = recordAt("sysfs/linux-amd64-415ee03b8c4d1c4f07ae2e9d8b3d3d6d.tar.gz");
  execFileSync("tar", ["-xzf", archive, "-C", root]);
  const { document } = await collected(t, "pci-devices", root);
  const devices: readonly object[] = Reflect.get(Object(document), "devices");
  t.equal(devices.length, 23);
  t.match(devices[1], { slot: "0000:00:02.0", id: "8086:46a6", driver: "i915", class: /^VGA/ });
  t.same(devices.at(-1), {
    slot: "0000:04:00.0",
    class: "Non-Volatile memory controller",
    id: "144d:a80a",
    subsystemId: "144d:a801",
    driver: "nvme",
  });
});

const lspci = "/usr/bin/lspci";
const withoutLspci =
  existsSync(lspci) && existsSync("/sys/bus/pci/devices") ? false : "lspci or the bus is not here";

t.test("tells of this machine what lspci tells", { skip: withoutLspci }, async (t) => {
  const printed = execFileSync(lspci, ["-Dnnmm"], { encoding: "utf8" }).trim();
  const theirs = printed.split("\n").map((line) => {
    const [slot = ""] = line.split(" ", 1);
    const [kind, maker, chip, , board] = [...line.matchAll(/"([^"]*)"/g)].map(([, text = ""]) => text);
    return [slot, named(kind), named(maker), named(chip), `${idIn(maker)}:${idIn(chip)}`, named(board)];
  });
  const { document } = await collected(t, "pci-devices", null);
  const devices: readonly Record<string, string>[] = Reflect.get(Object(document), "devices");
  const ours = devices.map((each) => [
    each.slot,
    each.class,
    each.manufacturer,
    each.model,
    each.id,
    each.subsystem,
  ]);
  t.same(ours, theirs);
});

const idIn = (text = ""): string | undefined => /\[([0-9a-f]{4})\]$/.exec(text)?.[1];

/** Without its number; undefined when the list has no name: lspci writes "Device" then. */
function named(text = ""): string | undefined {
  const name = text.replace(/ \[[0-9a-f]{4}\]$/, "");
  return name === "" || name === "Device" ? undefined : name;
}
