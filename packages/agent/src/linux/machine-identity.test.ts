// Which machine it is, whatever its maker left in the firmware.
import t from "tap";
import { record, withoutRecords } from "../testing/records.ts";
import { smbiosTable, structure } from "../testing/smbios-table.ts";
import { type DmiTexts, dmiTextsOf } from "./dmi.ts";
import { identityOf } from "./machine-identity.ts";
import { parseSmbios } from "./smbios.ts";

t.test("tells all that the firmware tells", async (t) => {
  const texts = {
    sys_vendor: "Dell Inc.\n",
    product_name: "Precision 5570\n",
    product_sku: "0B19\n",
    product_family: "Precision\n",
    product_version: "\n",
    product_serial: "4BCD3F3\n",
    product_uuid: "4C4C4544-0042-4310-8044-B4C04F334633\n",
    board_vendor: "Dell Inc.\n",
    board_name: "0R6RT5\n",
    board_serial: "/4BCD3F3/CNCMK0022A0157/\n",
    chassis_type: "10\n",
    chassis_serial: "4BCD3F3\n",
    chassis_asset_tag: "IT-00042\n",
  };
  t.same(identityOf(texts), {
    manufacturer: "Dell Inc.",
    model: "Precision 5570",
    sku: "0B19",
    family: "Precision",
    serial: "4BCD3F3",
    uuid: "4c4c4544-0042-4310-8044-b4c04f334633",
    board: { manufacturer: "Dell Inc.", model: "0R6RT5", serial: "/4BCD3F3/CNCMK0022A0157/" },
    chassis: { type: "notebook", serial: "4BCD3F3", assetTag: "IT-00042" },
  });
});

t.test("is silent where the maker filled nothing in", async (t) => {
  const junk = "To Be Filled By O.E.M.";
  const texts = {
    sys_vendor: junk,
    product_name: junk,
    product_serial: "0",
    board_serial: junk,
    chassis_type: "1",
  };
  t.same(identityOf({ ...texts, chassis_asset_tag: "Default string", product_uuid: "Not Settable" }), {});
  t.same(identityOf({ ...texts, board_vendor: "ASRock", chassis_type: "3" }), {
    board: { manufacturer: "ASRock" },
    chassis: { type: "desktop" },
  });
  t.same(identityOf({ chassis_type: "99" }), {});
  t.same(identityOf({ chassis_type: "constructor" }), {});
});

t.test("tells a UUID only where it is one, and this machine's alone", async (t) => {
  const junk = [
    "00000000-0000-0000-0000-000000000000",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "fefefefe-fefe-fefe-fefe-fefefefefefe",
    "03000200-0400-0500-0006-000700080009",
    "00020003-0004-0005-0006-000700080009",
    "12345678-1234-5678-90AB-CDDEEFAABBCC",
    "4C4C4544-0000-2010-8020-80C04F202020",
    "not-a-uuid",
    "00000000-0000-0000-0000-0cc47a13387",
  ];
  t.same(
    junk.map((text) => identityOf({ product_uuid: text }).uuid),
    Array(junk.length),
  );
  const own = "00000000-0000-0000-0000-0cc47a133878";
  t.equal(identityOf({ product_uuid: own }).uuid, own);
});

t.test("finds Lenovo's model where Lenovo puts it", async (t) => {
  const lenovo = (product_name: string, product_version: string, more: DmiTexts = {}) => {
    const { model, sku } = identityOf({ sys_vendor: "LENOVO", product_name, product_version, ...more });
    return [model, sku];
  };
  t.same(lenovo("42404CG", "ThinkPad T520"), ["ThinkPad T520", "42404CG"]);
  t.same(lenovo("20L8S07A14", "ThinkPad T480s", { product_sku: "LENOVO_MT_20L8" }), [
    "ThinkPad T480s",
    "LENOVO_MT_20L8",
  ]);
  t.same(lenovo("80E5", "Lenovo G50-80"), ["Lenovo G50-80", "80E5"]);
  t.same(lenovo("ThinkSystem SR650 -[7X06CTO1WW]-", "07"), ["ThinkSystem SR650 -[7X06CTO1WW]-", undefined]);
  for (const version of ["Lenovo", "Lenovo Product", "None", "INVALID", "03"])
    t.same(lenovo("10MVCTO1WW", version), ["10MVCTO1WW", undefined], version);
  t.equal(
    identityOf({ sys_vendor: "Framework", product_name: "FRANMDCP07", product_version: "Mini Edition" })
      .model,
    "FRANMDCP07",
  );
});

const product = (uuid: readonly number[]) =>
  structure({
    type: 1,
    length: 0x1b,
    fields: { 4: 1, 5: 2, 6: 3, 7: 4, 8: uuid, 25: 5, 26: 6 },
    strings: ["Maker", "Model", "Version", "S1", "SKU-1", "Line"],
  });

t.test("reads the same texts from the SMBIOS table", async (t) => {
  const uuid = [
    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
  ];
  const structures = parseSmbios(
    smbiosTable(
      structure({ type: 0, length: 0x18, fields: { 4: 1, 20: [5, 17, 255, 255] }, strings: ["Firmware"] }),
      product(uuid),
      structure({
        type: 2,
        length: 0x0f,
        fields: { 4: 1, 5: 2, 7: 3 },
        strings: ["BoardMaker", "Board", "B1"],
      }),
      structure({
        type: 3,
        length: 0x15,
        fields: { 4: 1, 5: 0x80 + 23, 7: 2, 8: 3 },
        strings: ["Case", "C1", "Tag"],
      }),
    ),
  );
  t.same(dmiTextsOf(structures), {
    bios_release: "5.17",
    bios_vendor: "Firmware",
    board_name: "Board",
    board_serial: "B1",
    board_vendor: "BoardMaker",
    chassis_asset_tag: "Tag",
    chassis_serial: "C1",
    chassis_type: "23",
    product_family: "Line",
    product_name: "Model",
    product_serial: "S1",
    product_sku: "SKU-1",
    product_uuid: "33221100-5544-7766-8899-aabbccddeeff",
    product_version: "Version",
    sys_vendor: "Maker",
  });
  const old = Buffer.alloc(31);
  old.write("_SM_");
  old.set([2, 5], 6);
  t.equal(
    dmiTextsOf(structures, old).product_uuid,
    "00112233-4455-6677-8899-aabbccddeeff",
    "before version 2.6",
  );
  t.same(
    Object.values(dmiTextsOf([])).filter((text) => text !== undefined),
    [],
  );
});

/** What dmidecode prints of a machine, by the names of /sys/class/dmi/id. */
function printedTexts(text: string): DmiTexts {
  const block = (title: string) => text.split("\n\n").find((each) => each.includes(`\n${title}\n`)) ?? "";
  const line = (title: string, name: string) => new RegExp(`^\\t${name}: (.*)$`, "m").exec(block(title))?.[1];
  return {
    sys_vendor: line("System Information", "Manufacturer"),
    product_name: line("System Information", "Product Name"),
    product_version: line("System Information", "Version"),
    product_sku: line("System Information", "SKU Number"),
    product_family: line("System Information", "Family"),
    product_serial: line("System Information", "Serial Number"),
    product_uuid: line("System Information", "UUID"),
    board_vendor: line("Base Board Information", "Manufacturer"),
    board_name: line("Base Board Information", "Product Name"),
    board_serial: line("Base Board Information", "Serial Number"),
  };
}

t.test("names real machines", { skip: withoutRecords }, async (t) => {
  const named = (name: string) => identityOf(printedTexts(record(`dmi/${name}.txt`).toString()));
  t.same(named("desktop-asrock-tobefilled"), { board: { manufacturer: "ASRock", model: "N68C-S UCC" } });
  t.same(named("desktop-others-defaultstring"), {});
  t.same(named("server-others-badindex"), {});
  t.same(named("desktop-asus-systemmanufacturer"), {
    board: { manufacturer: "ASUSTeK COMPUTER INC.", model: "PRIME X470-PRO" },
  });
  t.match(named("notebook-lenovo-t520"), {
    manufacturer: "LENOVO",
    model: "ThinkPad T520",
    serial: undefined,
  });
  t.match(named("soc-greatwall-nonascii"), { model: "世恒TD120A2" });
  t.match(named("server-phytium-ft2000"), { model: "FT-2000/4", sku: undefined, family: undefined });
  t.match(named("vm-virtualbox"), { serial: undefined, uuid: "784198ec-5827-476e-9e24-b0e98e8958f5" });
  t.match(named("firewall-sophos"), {
    manufacturer: "Sophos",
    model: "SG",
    sku: undefined,
    board: undefined,
  });
});

t.test("reads real tables as dmidecode does", { skip: withoutRecords }, async (t) => {
  const cases = {
    "Asus-UX307LA": "notebook",
    "Lenovo-ThinkPad-T480": "notebook",
    "SuperMicro-X9DBL": "main server chassis",
    VMWare: undefined,
  };
  for (const [name, type] of Object.entries(cases)) {
    const { chassis, ...identity } = identityOf(dmiTextsOf(parseSmbios(record(`smbios/${name}.bin`))));
    t.same(identity, identityOf(printedTexts(record(`smbios/${name}.dmidecode.txt`).toString())), name);
    t.equal(chassis?.type, type, name);
  }
});
