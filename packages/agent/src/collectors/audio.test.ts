// Section `audio`: sound cards, without what changes from start to start.
import fc from "fast-check";
import t from "tap";
import { collected, type Tree } from "../testing/collected.ts";
import { usbTree } from "../testing/usb-tree.ts";
import { parseCards } from "./audio.ts";

const cards = ` 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0x6001128000 irq 167
 1 [Headset        ]: USB-Audio - Jabra EVOLVE 20
                      GN Netcom A/S Jabra EVOLVE 20 at usb-0000:00:14.0-3, full speed
 2 [Loopback       ]: Loopback - Loopback
                      Loopback 1
`;

const notebook: Tree = {
  "/proc/asound/cards": cards,
  "/sys/class/sound/card0": { link: "../../devices/pci0000:00/0000:00:1f.3/skl_hda_dsp/sound/card0" },
  "/sys/class/sound/card1": {
    link: "../../devices/pci0000:00/0000:00:14.0/usb1/1-3/1-3:1.0/sound/card1",
  },
  "/sys/class/sound/card2": { link: "../../devices/platform/snd_aloop.0/sound/card2" },
  "/sys/class/sound/hwC0D0/vendor_name": "Realtek\n",
  "/sys/class/sound/hwC0D0/chip_name": "ALC257\n",
  "/sys/class/sound/hwC0D2/vendor_name": "Intel\n",
  "/sys/class/sound/hwC0D2/chip_name": "Alderlake-P HDMI\n",
  "/sys/class/sound/hwC1D0/chip_name": "not of the first\n",
  "/sys/bus/pci/devices/0000:00:1f.3/uevent":
    "MODALIAS=pci:v00008086d000051C8sv000017AAsd000022E7bc04sc03i80\n",
  "/usr/share/hwdata/pci.ids": "8086  Intel Corporation\n\t51c8  Alder Lake PCH-P High Definition Audio\n",
  ...usbTree("1-3", {
    product: "b0e/300/100",
    texts: { manufacturer: "GN Netcom A/S", product: "Jabra EVOLVE 20" },
  }),
};

t.test("tells cards, their chips and where they come from", async (t) => {
  t.same((await collected(t, "audio", notebook)).document, {
    cards: [
      {
        id: "Headset",
        name: "Jabra EVOLVE 20",
        manufacturer: "GN Netcom A/S",
        model: "Jabra EVOLVE 20",
        codecs: ["not of the first"],
        driver: "USB-Audio",
      },
      {
        id: "PCH",
        name: "HDA Intel PCH",
        manufacturer: "Intel Corporation",
        model: "Alder Lake PCH-P High Definition Audio",
        codecs: ["Intel Alderlake-P HDMI", "Realtek ALC257"],
        driver: "HDA-Intel",
      },
    ],
  });
});

t.test("takes the cards from /sys where /proc has none", async (t) => {
  const { document } = await collected(t, "audio", {
    "/proc/asound/cards": "--- no soundcards ---\n",
    "/sys/class/sound/card0/id": "Headphones\n",
    "/sys/class/sound/timer": "folder",
  });
  t.same(document, { cards: [{ id: "Headphones" }] });
  t.match(await collected(t, "audio", { "/proc/asound/cards": "--- no soundcards ---\n" }), {
    status: "none",
  });
});

t.test("reads any text as cards or as none", async () => {
  const line = fc.oneof(fc.string(), fc.constant(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH"));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) =>
      parseCards(lines.join("\n")).every(({ id, number }) => id !== "" && Number(number) >= 0),
    ),
  );
});
