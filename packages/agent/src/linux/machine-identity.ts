/** Which machine it is, from the texts of its firmware: makers' placeholders and habits are dealt with here. */
import { present } from "../collecting/collector.ts";
import type { DmiTexts } from "./dmi.ts";
import { clean, told } from "./firmware-text.ts";

/** The members of section `system` that firmware tells. */
interface Identity {
  readonly manufacturer?: string;
  readonly model?: string;
  readonly sku?: string;
  readonly family?: string;
  readonly serial?: string;
  readonly uuid?: string;
  readonly board?: { readonly manufacturer?: string; readonly model?: string; readonly serial?: string };
  readonly chassis?: { readonly type?: string; readonly serial?: string; readonly assetTag?: string };
}

export function identityOf(dmi: DmiTexts): Identity {
  const [manufacturer, product, version] = [
    told(dmi.sys_vendor),
    told(dmi.product_name),
    told(dmi.product_version),
  ];
  const named = isMachineType(manufacturer, product) && isModelName(version, manufacturer);
  const board = present({
    manufacturer: told(dmi.board_vendor),
    model: told(dmi.board_name),
    serial: told(dmi.board_serial),
  });
  const chassis = present({
    type: chassisTypes[Number(clean(dmi.chassis_type) ?? 0)],
    serial: told(dmi.chassis_serial),
    assetTag: told(dmi.chassis_asset_tag),
  });
  return present({
    manufacturer,
    model: named ? version : product,
    sku: told(dmi.product_sku) ?? (named ? product : undefined),
    family: told(dmi.product_family),
    serial: told(dmi.product_serial),
    uuid: toldUuid(dmi.product_uuid),
    board: nonEmpty(board),
    chassis: nonEmpty(chassis),
  });
}

const nonEmpty = <T extends object>(value: T): T | undefined =>
  Object.keys(value).length > 0 ? value : undefined;

/** Lenovo, and IBM before it, write the order number (20LH001LHV, 42404CG) for the product and the model's name for its version. */
function isMachineType(manufacturer: string | undefined, product: string | undefined): boolean {
  return /^(lenovo|ibm)$/i.test(manufacturer ?? "") && /^(?=.*\d)[0-9A-Z]{4,12}$/.test(product ?? "");
}

function isModelName(version: string | undefined, manufacturer: string | undefined): boolean {
  const said = version?.toLowerCase() ?? "";
  return /[a-z]{3}/.test(said) && said !== manufacturer?.toLowerCase() && said !== "lenovo product";
}

/** What makers leave in: AMI's, the same in the other byte order, Dell's without a service tag, counted ones. */
const junkUuids: ReadonlySet<string> = new Set([
  "03000200-0400-0500-0006-000700080009",
  "00020003-0004-0005-0006-000700080009",
  "4c4c4544-0000-2010-8020-80c04f202020",
  "44454c4c-0000-1020-8020-80c04f202020",
  "00010203-0405-0607-0809-0a0b0c0d0e0f",
  "03020100-0504-0706-0809-0a0b0c0d0e0f",
  "12345678-1234-5678-90ab-cddeefaabbcc",
  "12345678-1234-1234-1234-123456789abc",
]);

function toldUuid(text: string | undefined): string | undefined {
  const uuid = clean(text)?.toLowerCase() ?? "";
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) || junkUuids.has(uuid)) return undefined;
  const bytes = new Set(uuid.replaceAll("-", "").match(/../g));
  return bytes.size === 1 ? undefined : uuid;
}

/** DSP0134 table 17; 1 and 2 are "other" and "unknown". */
const chassisTypes: Readonly<Record<number, string>> = {
  3: "desktop",
  4: "low profile desktop",
  5: "pizza box",
  6: "mini tower",
  7: "tower",
  8: "portable",
  9: "laptop",
  10: "notebook",
  11: "hand held",
  12: "docking station",
  13: "all in one",
  14: "sub notebook",
  15: "space-saving",
  16: "lunch box",
  17: "main server chassis",
  18: "expansion chassis",
  19: "sub chassis",
  20: "bus expansion chassis",
  21: "peripheral chassis",
  22: "RAID chassis",
  23: "rack mount chassis",
  24: "sealed-case PC",
  25: "multi-system chassis",
  26: "CompactPCI",
  27: "AdvancedTCA",
  28: "blade",
  29: "blade enclosure",
  30: "tablet",
  31: "convertible",
  32: "detachable",
  33: "IoT gateway",
  34: "embedded PC",
  35: "mini PC",
  36: "stick PC",
};
