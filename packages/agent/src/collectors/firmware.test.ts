// Section `firmware`: its release, how it started the system, and the module that keeps its keys.
import fc from "fast-check";
import t from "tap";
import { collected, type Tree } from "../testing/collected.ts";
import { smbiosTable, structure } from "../testing/smbios-table.ts";

const dmi = "/sys/class/dmi/id";
const table = "/sys/firmware/dmi/tables/DMI";
const efi = "/sys/firmware/efi";
const tpm = "/sys/class/tpm/tpm0";
const variable = (name: string) => `${efi}/efivars/${name}-8be4df61-93ca-11d2-aa0d-00e098032b8c`;

const bios = structure({
  type: 0,
  length: 0x18,
  fields: { 4: 1, 5: 2, 8: 3, 20: [1, 35, 1, 20] },
  strings: ["LENOVO", "N24ET60W (1.35 )", "09/13/2019"],
});
const module = structure({
  type: 43,
  length: 0x1f,
  fields: { 4: [...Buffer.from("IFX\0")], 8: [2, 0], 10: [0x55, 0, 7, 0] },
});

const document = async (tree: Tree) => (await collected(t, "firmware", tree)).document;

t.test("tells a notebook's firmware and its module", async (t) => {
  const found = await collected(t, "firmware", {
    [`${dmi}/bios_vendor`]: "LENOVO\n",
    [`${dmi}/bios_version`]: "N24ET60W (1.35 )\n",
    [`${dmi}/bios_date`]: "09/13/2019\n",
    [`${dmi}/bios_release`]: "1.35\n",
    [`${dmi}/ec_firmware_release`]: "1.20\n",
    [`${efi}/fw_platform_size`]: "64\n",
    [variable("SecureBoot")]: new Uint8Array([6, 0, 0, 0, 1]),
    [variable("SetupMode")]: new Uint8Array([6, 0, 0, 0, 0]),
    [`${tpm}/tpm_version_major`]: "2\n",
    [table]: smbiosTable(module),
  });
  t.same(found, {
    status: "ok",
    document: {
      vendor: "LENOVO",
      version: "N24ET60W (1.35 )",
      release: "1.35",
      date: "2019-09-13",
      controllerRelease: "1.20",
      mode: "uefi",
      secureBoot: true,
      setupMode: false,
      tpm: { version: "2.0", manufacturer: "Infineon", firmware: "7.85" },
    },
    diagnostics: [],
    readings: {},
  });
});

t.test("tells the same from the table alone", async (t) => {
  t.same(await document({ [table]: smbiosTable(bios) }), {
    vendor: "LENOVO",
    version: "N24ET60W (1.35 )",
    release: "1.35",
    date: "2019-09-13",
    controllerRelease: "1.20",
  });
});

t.test("tells how the system was started where that can be known", async (t) => {
  const mode = async (tree: Tree) => Reflect.get(Object(await document(tree)), "mode");
  const whole = { "/sys/firmware/memmap/0/type": "System RAM\n", [table]: smbiosTable(bios) };
  t.equal(await mode(whole), "bios");
  t.equal(await mode({ ...whole, [efi]: "folder" }), "uefi");
  t.equal(await mode({ [table]: smbiosTable(bios) }), undefined, "a tree without what stands beside it");
  t.equal(await mode({ "/sys/firmware/memmap/0/type": "System RAM\n" }), undefined, "a micro-VM");
});

t.test("leaves out what firmware writes that has nothing to say", async (t) => {
  t.same(
    await document({
      [`${dmi}/bios_vendor`]: "To Be Filled By O.E.M.\n",
      [`${dmi}/bios_version`]: "1.0\n",
      [`${dmi}/bios_date`]: "32/32/2032\n",
      [`${dmi}/bios_release`]: "0.0\n",
      [`${dmi}/ec_firmware_release`]: "255.255\n",
    }),
    { version: "1.0" },
  );
  t.equal(await document({ [`${dmi}/bios_release`]: "208.208\n" }), undefined);
  t.match(await collected(t, "firmware", {}), { status: "none", diagnostics: [] });
});

t.test("tells secure boot wherever it is told, and only then", async (t) => {
  const state = async (tree: Tree) => Reflect.get(Object(await document(tree)), "secureBoot");
  const booted = (state: number) => {
    const parameters = new Uint8Array(4_096);
    parameters[0x1ec] = state;
    return { [efi]: "folder", "/sys/kernel/boot_params/data": parameters } as const;
  };
  const older = `${efi}/vars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c/data`;
  t.equal(await state({ [older]: new Uint8Array([1]) }), true);
  t.equal(await state({ [variable("SecureBoot")]: new Uint8Array([6, 0, 0, 0, 0]), ...booted(3) }), false);
  t.same(await Promise.all([0, 1, 2, 3].map((byte) => state(booted(byte)))), [
    undefined,
    undefined,
    false,
    true,
  ]);
  for (const broken of [[], [6, 0, 0, 0], [6, 0, 0, 0, 1, 1], [6, 0, 0, 0, 7]])
    t.equal(await state({ [efi]: "folder", [variable("SecureBoot")]: new Uint8Array(broken) }), undefined);
});

t.test("tells modules of version 1.2, and those that only one side knows", async (t) => {
  const caps = "Manufacturer: 0x53544d20\nTCG version: 1.2\nFirmware version: 13.12\n";
  const older = { version: "1.2", manufacturer: "STMicroelectronics", firmware: "13.12" };
  t.same(await document({ [`${tpm}/caps`]: caps }), { tpm: older });
  t.same(await document({ [`${tpm}/device/caps`]: caps, [`${tpm}/tpm_version_major`]: "1\n" }), {
    tpm: older,
  });
  t.same(await document({ [`${tpm}/device/description`]: "TPM 2.0 Device\n" }), { tpm: { version: "2.0" } });
  t.same(await document({ [table]: smbiosTable(module) }), {
    tpm: { version: "2.0", manufacturer: "Infineon", firmware: "7.85" },
  });
  const first = { type: 43, length: 0x1f, fields: { 4: [...Buffer.from("WEC\0")], 8: [1, 2, 1, 2, 5, 81] } };
  t.same(await document({ [table]: smbiosTable(structure(first)) }), {
    tpm: { version: "1.2", manufacturer: "Winbond", firmware: "5.81" },
  });
  t.equal(await document({ [`${tpm}/caps`]: "Manufacturer: 0x00000000\n" }), undefined);
});

t.test("names the boot loader of a board without tables", async (t) => {
  const tree = "/sys/firmware/devicetree/base/chosen";
  t.same(
    await document({
      [`${tree}/bootloader/version`]: "e5ff1a53dd40cd6b\0",
      [`${tree}/bootloader/build-timestamp`]: new Uint8Array([0x63, 0xbf, 0x3c, 0x2e]),
    }),
    { vendor: "Raspberry Pi", version: "e5ff1a53dd40cd6b", date: "2023-01-11" },
  );
  t.same(await document({ [`${tree}/u-boot,version`]: "2023.10\0", [`${dmi}/bios_vendor`]: "EDK II\n" }), {
    vendor: "EDK II",
  });
  t.same(await document({ [`${tree}/u-boot,version`]: "2023.10\0" }), {
    vendor: "U-Boot",
    version: "2023.10",
  });
});

t.test("tells what can be had of a broken table, and that it is broken", async (t) => {
  const cut = smbiosTable(bios, module).subarray(0, -20);
  const found = await collected(t, "firmware", { [table]: cut });
  t.match(found, { status: "ok", document: { vendor: "LENOVO", tpm: undefined } });
  t.match(found.diagnostics, [/^the firmware's table is read up to structure 2: length 31 of type 43/]);
});

t.test("passes its definition whatever the files hold", async () => {
  const path = fc.constantFrom(
    ...["bios_vendor", "bios_date", "bios_release"].map((name) => `${dmi}/${name}`),
    ...["caps", "tpm_version_major", "device/description"].map((name) => `${tpm}/${name}`),
    variable("SecureBoot"),
    "/sys/firmware/devicetree/base/chosen/bootloader/build-timestamp",
    table,
  );
  const content = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constantFrom("2\n", "1.2\n", "\0"));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(path, content, { maxKeys: 6 }), async (files) => {
      const { status } = await collected(t, "firmware", files);
      return status === "ok" || status === "none";
    }),
    { numRuns: 60 },
  );
});
