// Section `graphics`: adapters on PCI and on boards, each once.
import t from "tap";
import { collected, type Tree } from "../testing/collected.ts";
import { nvidiaModel } from "./graphics.ts";

const bus = "/sys/bus/pci/devices";
const modalias = (vendor: string, device: string, code: string) =>
  `MODALIAS=pci:v0000${vendor}d0000${device}sv00001043sd000088C2bc${code.slice(0, 2)}sc${code.slice(2)}i00\n`;

const workstation: Tree = {
  [`${bus}/0000:00:02.0/uevent`]: `DRIVER=i915\n${modalias("8086", "4680", "0300")}`,
  [`${bus}/0000:00:1f.0/uevent`]: modalias("8086", "7A84", "0601"),
  [`${bus}/0000:01:00.0/uevent`]: `DRIVER=nvidia\n${modalias("10DE", "2704", "0300")}`,
  [`${bus}/0000:03:00.0/uevent`]: `DRIVER=amdgpu\n${modalias("1002", "73BF", "0302")}`,
  [`${bus}/0000:03:00.0/mem_info_vram_total`]: "17163091968\n",
  [`${bus}/0000:04:00.0/uevent`]: `DRIVER=xe\n${modalias("8086", "56A0", "0300")}`,
  [`${bus}/0000:04:00.0/tile0/physical_vram_size_bytes`]: "0x00000003fa000000\n",
  "/proc/driver/nvidia/gpus/0000:01:00.0/information":
    "Model: \t\t NVIDIA GeForce RTX 4080\nIRQ:   \t\t 182\nGPU UUID: \t GPU-????????\n",
  "/sys/class/drm/card0": { link: "../../devices/pci0000:00/0000:00:02.0/drm/card0" },
  "/usr/share/misc/pci.ids": "1002  AMD\n\t73bf  Navi 21\n10de  NVIDIA Corporation\n\t2704  AD103\n",
};

t.test("tells every adapter, its driver and its memory", async (t) => {
  t.same((await collected(t, "graphics", workstation)).document, {
    adapters: [
      { slot: "0000:00:02.0", id: "8086:4680", driver: "i915" },
      {
        slot: "0000:01:00.0",
        manufacturer: "NVIDIA Corporation",
        model: "NVIDIA GeForce RTX 4080",
        id: "10de:2704",
        driver: "nvidia",
      },
      {
        slot: "0000:03:00.0",
        manufacturer: "AMD",
        model: "Navi 21",
        id: "1002:73bf",
        driver: "amdgpu",
        memory: 17_163_091_968,
      },
      { slot: "0000:04:00.0", id: "8086:56a0", driver: "xe", memory: 17_079_205_888 },
    ],
  });
});

t.test("tells the adapters of a board without PCI, and none that is made of software", async (t) => {
  const card = (name: string, path: string, uevent: string): Tree => ({
    [`/sys/class/drm/${name}`]: { link: `../../devices/${path}/drm/${name}` },
    [`/sys/devices/${path}/drm/${name}/device/uevent`]: uevent,
  });
  const { document } = await collected(t, "graphics", {
    ...card("card0", "platform/gpu", "DRIVER=vc4-drm\nOF_COMPATIBLE_0=brcm,bcm2711-vc5\n"),
    ...card("card1", "platform/vkms", "DRIVER=vkms\n"),
    ...card("card2", "platform/simple-framebuffer.0", "DRIVER=simple-framebuffer\n"),
    ...card("card3", "virtual/x", "DRIVER=x\n"),
    "/sys/class/drm/card0-HDMI-A-1/status": "connected\n",
    "/sys/class/drm/version": "drm 1.1.0\n",
  });
  t.same(document, { adapters: [{ slot: "gpu", model: "brcm,bcm2711-vc5", driver: "vc4-drm" }] });
});

t.test("says none where there is none", async (t) => {
  t.match(await collected(t, "graphics", {}), { status: "none", diagnostics: [] });
});

t.test("takes no model of NVIDIA's that is not told", async (t) => {
  t.same(["Model: \t Unknown\n", "IRQ: 1\n", "", undefined].map(nvidiaModel), [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
