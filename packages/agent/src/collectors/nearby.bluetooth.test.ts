// Section `nearby.bluetooth`: what BlueZ remembers, and of the keys in the same files nothing.
import t from "tap";
import { kindOfClass, parseBluetoothInfo } from "../linux/bluetooth-devices.ts";
import { collected } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";

const precise = { rule: { ownership: "personal", level: "precise" } } as const;
const at = "/var/lib/bluetooth/CC:BB:AF:27:6A:E4";

const headset = `[General]
Name=Kopfhörer \u001b[2J
Class=0x240404
SupportedTechnologies=BR/EDR;
Trusted=true

[LinkKey]
Key=0123456789ABCDEF0123456789ABCDEF
Type=4
Name=not this one
`;

t.test("tells the devices that are remembered", async (t) => {
  const found = await collected(
    t,
    "nearby.bluetooth",
    {
      [`${at}/settings`]: "[General]\nDiscoverable=false\n",
      [`${at}/cache/EB:06:EF:62:B3:20`]: "[General]\nName=passing by\n",
      [`${at}/EB:06:EF:62:B3:19/info`]: headset,
      [`${at}/EB:06:EF:62:B3:21/info`]: "[General]\nAppearance=0x03c1\nAlias=keys\n",
      [`${at}/EB:06:EF:62:B3:22/attributes`]: "",
    },
    precise,
  );
  t.same([found.status, found.diagnostics], ["ok", []]);
  t.same(found.document, {
    devices: [
      { address: "eb:06:ef:62:b3:19", name: "Kopfhörer [2J", kind: "audio", paired: true },
      { address: "eb:06:ef:62:b3:21", name: "keys", kind: "keyboard", paired: false },
    ],
  });
  t.notMatch(JSON.stringify(found), /0123456789ABCDEF/);
});

t.test("says that there is none", async (t) => {
  t.match(await collected(t, "nearby.bluetooth", {}, precise), { status: "none", diagnostics: [] });
  t.match(await collected(t, "nearby.bluetooth", { [at]: "folder" }, precise), { status: "none" });
});

t.test("knows kinds by the numbers that devices give", async (t) => {
  const kinds = ["0x5a020c", "0x002540", "0x000580", "0x0005c0", "0x001f00", "phone", undefined];
  t.same(kinds.map(kindOfClass), [
    "phone",
    "keyboard",
    "mouse",
    "peripheral",
    undefined,
    undefined,
    undefined,
  ]);
  t.same(parseBluetoothInfo("nothing"), { isPaired: false });
});

t.test(
  "agrees with what bluetoothctl told of another machine's device",
  { skip: withoutRecords },
  async (t) => {
    const told = record("bluetooth/bluetoothctl_device.txt").toString();
    const [, number = ""] = /Class: (0x[0-9a-f]+)/.exec(told) ?? [];
    t.match(told, `Icon: ${kindOfClass(number)}-`);
  },
);
