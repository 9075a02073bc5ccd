// Section `modems`: maker and model, and no number of device or subscriber.
import t from "tap";
import { collected } from "../testing/collected.ts";
import { usbTree } from "../testing/usb-tree.ts";

const stick = usbTree("1-3", {
  product: "1199/9079/6",
  texts: { manufacturer: "Sierra Wireless, Incorporated", product: "EM7455", serial: "490154203237518" },
  interfaces: ["2/14/0 cdc_mbim", "10/0/2 cdc_mbim", "255/0/0 qcserial"],
});

t.test("tells modems of USB, PCI and boards", async (t) => {
  const found = await collected(t, "modems", {
    ...stick,
    ...usbTree("1-4", { product: "2341/43/1", interfaces: ["2/2/1 cdc_acm"] }),
    "/sys/bus/pci/devices/0000:05:00.0/uevent":
      "DRIVER=mtk_t7xx\nMODALIAS=pci:v000014C3d00004D75sv000003F0sd00008914bc0Dsc40i00\n",
    "/sys/bus/pci/devices/0000:06:00.0/uevent":
      "DRIVER=ath11k_pci\nMODALIAS=pci:v000017CBd00001103sv000003F0sd00008914bc02sc80i00\n",
    "/usr/share/misc/pci.ids": "14c3  MEDIATEK Corp.\n\t4d75  T700 5G Modem\n",
    "/sys/class/wwan/wwan0": { link: "../../devices/pci0000:00/0000:05:00.0/wwan/wwan0" },
    "/sys/class/wwan/wwan1": { link: "../../devices/platform/soc@0/4080000.remoteproc/wwan/wwan1" },
  });
  t.same(found.document, {
    modems: [
      {
        port: "0000:05:00.0",
        manufacturer: "MEDIATEK Corp.",
        model: "T700 5G Modem",
        id: "14c3:4d75",
        drivers: ["mtk_t7xx"],
      },
      {
        port: "1-3",
        manufacturer: "Sierra Wireless, Incorporated",
        model: "EM7455",
        id: "1199:9079",
        drivers: ["cdc_mbim", "qcserial"],
      },
      { port: "4080000.remoteproc" },
    ],
  });
  t.notMatch(JSON.stringify(found), /490154203237518/);
});

t.test("says none where there is none", async (t) => {
  t.match(await collected(t, "modems", {}), { status: "none", diagnostics: [] });
});
