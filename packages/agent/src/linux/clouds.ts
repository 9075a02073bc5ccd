/** The clouds that rent machines, by what each writes into their firmware; names are those of cloud-init where it has one. */
import type { DmiTexts } from "./dmi.ts";
import { told } from "./firmware-text.ts";

interface Cloud {
  readonly provider: string;
  is(dmi: DmiTexts): boolean;
  /** The instance's id, where the firmware has it too. */
  instance?(dmi: DmiTexts, facts: { readonly isUefi: boolean }): string | undefined;
}

type Name = keyof DmiTexts;

/** Whether the text is one of these. */
const isOne =
  (name: Name, ...texts: readonly string[]) =>
  (dmi: DmiTexts) =>
    texts.includes(dmi[name]?.trim() ?? "");
const begins = (name: Name, text: string) => (dmi: DmiTexts) => dmi[name]?.startsWith(text) ?? false;
const either =
  (...tests: readonly ((dmi: DmiTexts) => boolean)[]) =>
  (dmi: DmiTexts) =>
    tests.some((test) => test(dmi));

const uuid = ({ product_uuid }: DmiTexts) => told(product_uuid)?.toLowerCase();
const serial = ({ product_serial }: DmiTexts) => told(product_serial);

export const clouds: readonly Cloud[] = [
  {
    provider: "aws",
    is: isAmazons,
    instance: ({ board_asset_tag }) => matching(/^i-[0-9a-f]{8,17}$/, board_asset_tag),
  },
  {
    provider: "azure",
    is: isOne("chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77"),
    instance: azuresId,
  },
  {
    provider: "gce",
    is: either(isOne("product_name", "Google Compute Engine"), begins("product_serial", "GoogleCloud-")),
  },
  { provider: "oracle", is: isOne("chassis_asset_tag", "OracleCloud.com") },
  {
    provider: "aliyun",
    is: either(begins("product_name", "Alibaba Cloud"), isOne("sys_vendor", "Alibaba Cloud")),
  },
  { provider: "tencent", is: isOne("sys_vendor", "Tencent Cloud") },
  { provider: "digitalocean", is: isOne("sys_vendor", "DigitalOcean"), instance: serial },
  {
    provider: "hetzner",
    is: isOne("sys_vendor", "Hetzner"),
    instance: ({ product_serial }) => matching(/^\d+$/, product_serial),
  },
  { provider: "vultr", is: isOne("sys_vendor", "Vultr"), instance: serial },
  { provider: "akamai", is: isOne("sys_vendor", "Akamai", "Linode"), instance: serial },
  { provider: "upcloud", is: isOne("sys_vendor", "UpCloud"), instance: serial },
  { provider: "scaleway", is: isOne("sys_vendor", "Scaleway"), instance: uuid },
  {
    provider: "yandex",
    is: begins("product_serial", "YC-"),
    instance: ({ product_serial }) => product_serial?.slice(3).trim(),
  },
  {
    provider: "exoscale",
    is: either(begins("product_name", "Exoscale"), isOne("sys_vendor", "Exoscale")),
    instance: uuid,
  },
  { provider: "outscale", is: isOne("sys_vendor", "3DS Outscale") },
  {
    provider: "brightbox",
    is: ({ product_serial }) => product_serial?.trim().endsWith(".brightbox.com") ?? false,
  },
  {
    provider: "zstack",
    is: ({ chassis_asset_tag }) => chassis_asset_tag?.trim().endsWith(".zstack.io") ?? false,
  },
  { provider: "e24cloud", is: isOne("sys_vendor", "e24cloud") },
  { provider: "nwcs", is: isOne("sys_vendor", "NWCS") },
  { provider: "ibm", is: begins("sys_vendor", "IBM:Cloud") },
  { provider: "cloudsigma", is: isOne("product_name", "CloudSigma") },
  { provider: "cloudstack", is: begins("product_name", "CloudStack"), instance: uuid },
  { provider: "joyent", is: begins("product_name", "SmartDC") },
  {
    provider: "huaweicloud",
    is: either(isOne("chassis_asset_tag", "HUAWEICLOUD"), isOne("sys_vendor", "Huawei Cloud")),
    instance: uuid,
  },
  { provider: "opentelekomcloud", is: isOne("chassis_asset_tag", "OpenTelekomCloud"), instance: uuid },
  { provider: "sap", is: isOne("chassis_asset_tag", "SAP CCloud VM"), instance: uuid },
  // Last, for some of the others are made of it.
  {
    provider: "openstack",
    is: either(
      begins("product_name", "OpenStack"),
      begins("chassis_asset_tag", "OpenStack"),
      isOne("sys_vendor", "OpenStack Foundation"),
    ),
    instance: uuid,
  },
];

/** Also of the older kind under Xen, whose UUID begins with "ec2" and is the serial number too. */
function isAmazons(dmi: DmiTexts): boolean {
  if (begins("sys_vendor", "Amazon EC2")(dmi) || begins("bios_vendor", "Amazon EC2")(dmi)) return true;
  if (/\bamazon$/i.test(dmi.bios_version?.trim() ?? "")) return true;
  const [id, number] = [dmi.product_uuid, dmi.product_serial].map((text) => text?.trim().toLowerCase());
  return (id?.startsWith("ec2") ?? false) && id === number;
}

/** The first three fields of what machines without UEFI tell are in the other byte order. */
function azuresId(dmi: DmiTexts, { isUefi }: { readonly isUefi: boolean }): string | undefined {
  const id = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, dmi.product_uuid?.toLowerCase());
  if (id === undefined || isUefi) return id;
  const swapped = (field: string) => field.match(/../g)?.reverse().join("");
  return id
    .split("-")
    .map((field, index) => (index < 3 ? swapped(field) : field))
    .join("-");
}

function matching(pattern: RegExp, text: string | undefined): string | undefined {
  const said = text?.trim() ?? "";
  return pattern.test(said) ? said : undefined;
}
