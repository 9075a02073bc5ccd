// Windows, from what its programs print: outputs of real machines where those are at hand, else made up after them.
import fc from "fast-check";
import t, { type Test } from "tap";
import { collected } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";
import { powershell } from "./powershell.ts";
import { keyOf, reg } from "./registry.ts";
import { parseSystemInfo, systemInfo } from "./system-info.ts";

const facts = { platform: "win32" } as const;

/** A machine by its registry's keys, what PowerShell answers, and what systeminfo prints. */
interface Printed {
  readonly keys?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly objects?: unknown;
  readonly info?: string;
}

const printedBy =
  ({ keys = {}, objects, info }: Printed) =>
  (program: string, [, key = ""]: readonly string[]): string | undefined => {
    if (program === systemInfo) return info;
    if (program === powershell)
      return objects === undefined ? undefined : `\uFEFF${JSON.stringify(objects)}\r\n`;
    const values = Object.entries(keys).find(([name]) => key.endsWith(name))?.[1];
    if (program !== reg || !values) return undefined;
    const lines = Object.entries(values).map(([name, value]) => `    ${name}    ${value}`);
    return ["", key.replace("HKLM", "HKEY_LOCAL_MACHINE"), ...lines, "", `${key}\\Below`, ""].join("\r\n");
  };

const documentOf = async (t: Test, section: string, printed: Printed) =>
  (await collected(t, section, {}, { facts, recorded: printedBy(printed) })).document;

/** As Windows keeps it: eight bytes of its own before the table. */
function rawTable(dump: Buffer): string {
  const table = dump.subarray(32);
  const header = Buffer.from([0, 3, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(table.length, 4);
  return `REG_BINARY    ${Buffer.concat([header, table]).toString("hex").toUpperCase()}`;
}

t.test("tells the laptop of the record as its firmware does", { skip: withoutRecords }, async (t) => {
  const keys = {
    "mssmbios\\Data": { SMBiosData: rawTable(record("smbios/Lenovo-ThinkPad-T480.bin")) },
    "CurrentControlSet\\Control": { PEFirmwareType: "REG_DWORD    0x2" },
    "SecureBoot\\State": { UEFISecureBootEnabled: "REG_DWORD    0x1" },
  };
  t.match(await documentOf(t, "system", { keys }), {
    manufacturer: "LENOVO",
    model: "ThinkPad T480",
    chassis: { type: "notebook" },
  });
  t.match(await documentOf(t, "firmware", { keys }), { vendor: "LENOVO", mode: "uefi", secureBoot: true });
  t.match(await documentOf(t, "processor", { keys }), {
    processors: [{ model: "Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz", cores: 4, threads: 8 }],
    cores: 4,
    threads: 8,
  });
  t.match(await documentOf(t, "memory", { keys }), { total: 24 * 2 ** 30 });
});

t.test("tells a virtual machine by its maker", { skip: withoutRecords }, async (t) => {
  const keys = { "mssmbios\\Data": { SMBiosData: rawTable(record("smbios/VMWare.bin")) } };
  t.match(await documentOf(t, "system", { keys }), { virtualization: "vmware" });
});

const version = (values: Readonly<Record<string, string>>): Printed => ({
  keys: {
    "Windows NT\\CurrentVersion": values,
    "CurrentControlSet\\Control": { PEFirmwareType: "REG_DWORD    0x1" },
  },
});

t.test("tells Windows 10, 11 and Server apart", async (t) => {
  const ten = version({
    ProductName: "REG_SZ    Windows 10 Enterprise",
    DisplayVersion: "REG_SZ    22H2",
    CurrentBuild: "REG_SZ    19045",
    UBR: "REG_DWORD    0xcd2",
    InstallDate: "REG_DWORD    0x602bd3db",
  });
  t.same(await documentOf(t, "operating-system", ten), {
    id: "windows",
    name: "Windows 10 Enterprise",
    version: "22H2",
    build: "19045.3282",
    installedAt: "2021-02-16T14:16:59.000Z",
    bootMode: "bios",
  });
  const eleven = version({ ProductName: "REG_SZ    Windows 10 Pro", CurrentBuild: "REG_SZ    22631" });
  t.match(await documentOf(t, "operating-system", eleven), { name: "Windows 11 Pro", build: "22631" });
  const server = version({
    ProductName: "REG_SZ    Windows Server 2022 Standard",
    CurrentBuild: "REG_SZ    20348",
  });
  t.match(await documentOf(t, "operating-system", server), { name: "Windows Server 2022 Standard" });
});

t.test("asks systeminfo where the registry is closed", { skip: withoutRecords }, async (t) => {
  const info = record("windows/windows-10-systeminfo.txt").toString();
  t.same(await documentOf(t, "operating-system", { info }), {
    id: "windows",
    name: "Windows 10 Enterprise",
    build: "19042",
    hostname: "DESKTOP-WIN01",
  });
  t.same(parseSystemInfo(info), {
    hostname: "DESKTOP-WIN01",
    name: "Windows 10 Enterprise",
    build: "19042",
    manufacturer: "VMware, Inc.",
    model: "VMware7,1",
    domain: "TEST.local",
    updates: ["KB4578968", "KB4562830", "KB4570334", "KB4580325", "KB4586864", "KB4594440"],
  });
  const hyperV = parseSystemInfo(record("windows/windows-10-systeminfo-hyperv.txt").toString());
  t.match(hyperV, { hostname: "TESTLAPTOP", build: "17134", model: "Precision 5530", domain: "test.com" });
  t.equal(hyperV.updates.length, 11);
});

t.test("tells programs of both widths and updates, without what Windows hides", async (t) => {
  const objects = {
    program: [
      {
        DisplayName: "7-Zip 23.01 (x64)",
        DisplayVersion: "23.01",
        Publisher: "Igor Pavlov",
        InstallDate: "20240131",
        EstimatedSize: 5_700,
        SystemComponent: null,
        ParentKeyName: null,
      },
      { DisplayName: "Hidden", SystemComponent: 1 },
      { DisplayName: "Part", ParentKeyName: "Whole" },
      { DisplayName: null, DisplayVersion: "1" },
      { DisplayName: "Früh", InstallDate: "1/31/2024" },
    ],
    "program-32": [{ DisplayName: "Old", DisplayVersion: "1.0" }],
    update: [{ HotFixID: "KB5034122", On: "20240110" }, { HotFixID: "File 1" }],
  };
  t.same(await documentOf(t, "software.windows", { objects }), {
    packages: [
      {
        name: "7-Zip 23.01 (x64)",
        kind: "program",
        version: "23.01",
        vendor: "Igor Pavlov",
        installedAt: "2024-01-31T00:00:00.000Z",
        installedSize: 5_836_800,
      },
      { name: "Früh", kind: "program", version: "unknown" },
      {
        name: "KB5034122",
        kind: "update",
        version: "unknown",
        vendor: "Microsoft Corporation",
        installedAt: "2024-01-10T00:00:00.000Z",
      },
      { name: "Old", kind: "program-32", version: "1.0" },
    ],
  });
});

t.test("tells store apps and what is there for them", async (t) => {
  const apps = [
    {
      Name: "Microsoft.WindowsCalculator",
      Version: "11.2311.0.0",
      Architecture: "X64",
      Publisher: "CN=Microsoft Corporation, O=Microsoft Corporation, C=US",
      IsFramework: false,
    },
    {
      Name: "Lib",
      Version: "1",
      Architecture: "X86",
      Publisher: 'CN="Maker, Inc.", C=US',
      IsFramework: true,
    },
  ];
  t.same(await documentOf(t, "software.appx", { objects: { apps } }), {
    packages: [
      { name: "Lib", version: "1", architecture: "x86", vendor: "Maker, Inc.", framework: true },
      {
        name: "Microsoft.WindowsCalculator",
        version: "11.2311.0.0",
        architecture: "x64",
        vendor: "Microsoft Corporation",
      },
    ],
  });
});

t.test("tells disks and volumes with BitLocker", async (t) => {
  const objects = {
    disks: [
      {
        DeviceId: "0",
        FriendlyName: "SAMSUNG MZVLB512",
        SerialNumber: "0025_3881_01.",
        Size: 512_110_190_592,
        Bus: "NVMe",
        Medium: "SSD",
        FirmwareVersion: "EXA7301Q",
      },
    ],
    volumes: [
      { DeviceID: "C:", FileSystem: "NTFS", Size: 511_000_000_000, FreeSpace: 1_000 },
      { DeviceID: "D:", FileSystem: "NTFS", Size: 1_000_000, FreeSpace: null },
    ],
    protected: [{ DriveLetter: "C:", ProtectionStatus: 1 }],
  };
  const { document, readings } = await collected(
    t,
    "storage",
    {},
    { facts, recorded: printedBy({ objects }) },
  );
  t.same(document, {
    disks: [
      {
        name: "0",
        model: "SAMSUNG MZVLB512",
        serial: "0025_3881_01",
        size: 512_110_190_592,
        bus: "nvme",
        rotational: false,
        firmware: "EXA7301Q",
      },
    ],
    filesystems: [
      { mount: "C:", type: "NTFS", size: 511_000_000_000, encrypted: true, encryption: "bitlocker" },
      { mount: "D:", type: "NTFS", size: 1_000_000 },
    ],
  });
  t.same(readings, { "C:": { free: 1_000 } });
});

t.test("says nothing where its programs say nothing, or nonsense", async (t) => {
  const sections = [
    "system",
    "firmware",
    "processor",
    "memory",
    "operating-system",
    "storage",
    "software.windows",
  ];
  for (const section of [...sections, "software.appx"]) {
    for (const recorded of [() => undefined, () => "", () => "{", () => "[1,null]", () => '{"program":"x"}'])
      t.equal((await collected(t, section, {}, { facts, recorded })).status, "none", section);
  }
});

t.test("never throws, whatever is printed", async () => {
  const line = fc.tuple(fc.string(), fc.constantFrom("REG_SZ", "REG_DWORD", "REG_BINARY", "x"), fc.string());
  const lines = fc.array(line.map(([name, kind, data]) => `    ${name}    ${kind}    ${data}`));
  fc.assert(
    fc.property(lines, fc.string(), (all, name) => {
      const key = keyOf(all.join("\r\n"));
      return (
        [key.text(name), key.number(name), key.bytes(name), parseSystemInfo(all.join("\n"))].length === 4
      );
    }),
  );
});
