// Section `cameras`: each once, and nothing that Video4Linux has besides.
import t from "tap";
import { collected, type Tree } from "../testing/collected.ts";
import { usbTree } from "../testing/usb-tree.ts";

const video = "/sys/class/video4linux";
const onUsb = "pci0000:00/0000:00:14.0/usb1/1-8";

interface Entry {
  readonly path: string;
  readonly name?: string;
  readonly index?: number;
  readonly capabilities?: string;
}

/** Entries by their number, with what udev found out. */
function entries(all: Readonly<Record<string, Entry>>): Tree {
  return Object.fromEntries(
    Object.entries(all).flatMap(([entry, { path, name = "", index = 0, capabilities }], number) => {
      const place = `/sys/devices/${path}/video4linux/${entry}`;
      return [
        [`${video}/${entry}`, { link: `../../devices/${path}/video4linux/${entry}` }],
        [`${place}/name`, `${name}\n`],
        [`${place}/index`, `${index}\n`],
        [`${place}/uevent`, `MAJOR=81\nMINOR=${number}\n`],
        ...(capabilities === undefined
          ? []
          : [[`/run/udev/data/c81:${number}`, `E:ID_V4L_CAPABILITIES=${capabilities}\n`]]),
      ];
    }),
  );
}

const camera = usbTree("1-8", {
  product: "5986/118c/1803",
  texts: { product: "Integrated Camera", manufacturer: "SunplusIT Inc" },
});
const names = { manufacturer: "SunplusIT Inc", model: "Integrated Camera", id: "5986:118c" };

t.test("tells a camera once, and its infrared one beside it", async (t) => {
  const { document } = await collected(t, "cameras", {
    ...camera,
    ...entries({
      video0: {
        path: `${onUsb}/1-8:1.0`,
        name: "Integrated Camera: Integrated C",
        capabilities: ":capture:",
      },
      video1: {
        path: `${onUsb}/1-8:1.0`,
        index: 1,
        name: "Integrated Camera: Integrated C",
        capabilities: ":",
      },
      video2: {
        path: `${onUsb}/1-8:1.2`,
        name: "Integrated Camera: Integrated I",
        capabilities: ":capture:",
      },
    }),
  });
  t.same(document, {
    cameras: [
      { port: "1-8:1.0", name: "Integrated Camera: Integrated C", ...names },
      { port: "1-8:1.2", name: "Integrated Camera: Integrated I", ...names },
    ],
  });
});

t.test("believes the first entry where udev does not run", async (t) => {
  const { document } = await collected(t, "cameras", {
    ...camera,
    ...entries({ video0: { path: `${onUsb}/1-8:1.0` }, video1: { path: `${onUsb}/1-8:1.0`, index: 1 } }),
  });
  t.same(document, { cameras: [{ port: "1-8:1.0", ...names }] });
});

t.test("tells the sensors of boards, and no decoder, lens, loop or television", async (t) => {
  const { document } = await collected(t, "cameras", {
    ...usbTree("1-8", { product: "2013/24f/100" }),
    ...entries({
      video0: { path: `${onUsb}/1-8:1.0`, name: "PCTV 290e", capabilities: ":capture:tuner:" },
      video10: { path: "platform/bcm2835-codec", name: "bcm2835-codec-decode" },
      video20: { path: "virtual", name: "OBS Virtual Camera" },
      video21: { path: "platform/axi/1f00110000.csi", name: "rp1-cfe-csi2_ch0" },
      "v4l-subdev0": { path: "platform/soc/i2c-10/10-0010", name: "imx219 10-0010" },
      "v4l-subdev1": { path: "platform/soc/i2c-10/10-000c", name: "dw9807 10-000c" },
    }),
  });
  t.same(document, { cameras: [{ port: "i2c-10-0010", model: "imx219" }] });
});

t.test("says none where there is none", async (t) => {
  t.match(await collected(t, "cameras", camera), { status: "none", diagnostics: [] });
});
