// Section `system`: whose cloud the machine runs in, told from files alone.
import fc from "fast-check";
import t from "tap";
import { collected, type Tree } from "../testing/collected.ts";

const dmi = (texts: Readonly<Record<string, string>>): Tree =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [`/sys/class/dmi/id/${name}`, `${text}\n`]));
const cloudInit = (v1: object): Tree => ({
  "/run/cloud-init/instance-data.json": JSON.stringify({ base64_encoded_keys: [], v1 }),
});
const kept = (id: string): Tree => ({ "/var/lib/cloud/data/instance-id": `${id}\n` });
const cloud = async (...trees: readonly Tree[]) =>
  Object((await collected(t, "system", Object.assign({}, ...trees))).document).cloud;

const uuid = "c0ffee00-1122-3344-5566-778899aabbcc";

t.test("tells a cloud and its instance by the firmware", async (t) => {
  const machines = [
    [{ sys_vendor: "Amazon EC2", board_asset_tag: "i-0abc1234def567890" }, "aws", "i-0abc1234def567890"],
    [{ sys_vendor: "DigitalOcean", product_serial: "123456789012" }, "digitalocean", undefined],
    [{ sys_vendor: "DigitalOcean", product_serial: "305551234" }, "digitalocean", "305551234"],
    [{ sys_vendor: "Hetzner", product_name: "vServer", product_serial: "20111111" }, "hetzner", "20111111"],
    [{ sys_vendor: "Vultr", product_serial: "55512345" }, "vultr", "55512345"],
    [{ sys_vendor: "Scaleway", product_name: "SCW-DEV1-S", product_uuid: uuid }, "scaleway", uuid],
    [{ product_name: "OpenStack Nova", product_uuid: uuid.toUpperCase() }, "openstack", uuid],
    [
      { sys_vendor: "OpenStack Foundation", chassis_asset_tag: "HUAWEICLOUD", product_uuid: uuid },
      "huaweicloud",
      uuid,
    ],
    [{ sys_vendor: "Yandex", product_serial: "YC-fhmabc123" }, "yandex", "fhmabc123"],
    [{ sys_vendor: "QEMU", chassis_asset_tag: "OracleCloud.com" }, "oracle", undefined],
    [{ sys_vendor: "Alibaba Cloud", product_name: "Alibaba Cloud ECS" }, "aliyun", undefined],
    [{ sys_vendor: "Google", product_name: "Google Compute Engine" }, "gce", undefined],
  ] as const;
  for (const [texts, provider, instance] of machines)
    t.same(await cloud(dmi(texts)), instance === undefined ? { provider } : { provider, instance }, provider);
});

t.test("tells Amazon's older machines under Xen", async (t) => {
  const id = "ec2f00ba-1122-3344-5566-778899aabbcc";
  const xen = { sys_vendor: "Xen", product_name: "HVM domU" };
  t.same(await cloud(dmi({ ...xen, bios_version: "4.11.amazon" })), { provider: "aws" });
  t.same(
    await cloud(dmi({ ...xen, product_uuid: id, product_serial: id.toUpperCase() }), kept("i-0abc1234")),
    {
      provider: "aws",
      instance: "i-0abc1234",
    },
  );
  t.equal(await cloud(dmi({ ...xen, product_uuid: id, product_serial: uuid })), undefined);
});

t.test("tells Azure's own id in both byte orders", async (t) => {
  const machine = dmi({ chassis_asset_tag: "7783-7084-3265-9085-8269-3286-77", product_uuid: uuid });
  t.same(await cloud(machine, { "/sys/firmware/efi": "folder" }), { provider: "azure", instance: uuid });
  t.same(await cloud(machine), { provider: "azure", instance: "00eeffc0-2211-4433-5566-778899aabbcc" });
});

t.test("asks cloud-init where the firmware tells no instance", async (t) => {
  const google = dmi({ product_name: "Google Compute Engine" });
  const id = { provider: "gce", instance: "6510222333444555666" };
  t.same(await cloud(google, cloudInit({ cloud_name: "gce", instance_id: id.instance })), id);
  t.same(await cloud(google, cloudInit({ "cloud-name": "gce", "instance-id": id.instance })), id);
  t.same(await cloud(google, kept(id.instance)), id);
  const agent = { "/etc/default/instance_configs.cfg": `[Instance]\ninstance_id = ${id.instance}\n` };
  t.same(await cloud(google, agent, kept("1")), id);
  t.same(await cloud(cloudInit({ cloud_name: "OpenStack", instance_id: uuid })), {
    provider: "openstack",
    instance: uuid,
  });
});

t.test("does not believe files that an image brought along, nor words for no cloud", async (t) => {
  const amazon = dmi({ sys_vendor: "Amazon EC2", board_asset_tag: "i-0abc1234" });
  const other = cloudInit({ cloud_name: "azure", instance_id: uuid });
  t.same(await cloud(amazon, other, kept("i-0fff")), { provider: "aws", instance: "i-0abc1234" });
  t.same(await cloud(dmi({ product_name: "Google Compute Engine" }), other), { provider: "gce" });
  t.equal(await cloud(kept("i-0abc1234")), undefined);
  for (const name of ["nocloud", "none", "unknown", "configdrive", "lxd"])
    t.equal(await cloud(cloudInit({ cloud_name: name, instance_id: "nocloud" })), undefined, name);
  for (const id of ["iid-datasource-none", "nocloud", "i-00000000", "a b", ""])
    t.same(await cloud(dmi({ sys_vendor: "Amazon EC2" }), kept(id)), { provider: "aws" }, id);
  t.equal(
    await cloud(dmi({ sys_vendor: "LENOVO", product_serial: "R90ABC12" }), kept("i-0abc1234")),
    undefined,
  );
});

t.test("never throws, whatever cloud-init left", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
      const tree = { ...dmi({ sys_vendor: "Amazon EC2" }), "/run/cloud-init/instance-data.json": text };
      return (await cloud(tree)).provider === "aws";
    }),
    { numRuns: 40 },
  );
});
