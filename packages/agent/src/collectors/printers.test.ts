// Section `printers`: what is set up, and nothing of where on a network it is or of who may print there.
import fc from "fast-check";
import t from "tap";
import { parsePrinters } from "../linux/cups.ts";
import { collected } from "../testing/collected.ts";

const list = `# Printer configuration file for CUPS v2.4.2
NextPrinterId 4
<DefaultPrinter LaserJet>
PrinterId 1
UUID urn:uuid:11111111-2222-3333-4444-555555555555
Info LaserJet of Ada
Location Room 12
MakeModel HP LaserJet M14-M17\\, hpcups 3.22.10
DeviceURI usb://HP/LaserJet%20M15w?serial=VNB3K12345
State Idle
StateTime 1700000000
Shared No
</DefaultPrinter>
<Printer Floor_2>
Info Floor 2
MakeModel KONICA MINOLTA C368
DeviceURI smb://ada:secret@print.example.org/floor2
Shared Yes
</Printer>
<Printer Deskjet>
MakeModel HP Deskjet 2540
DeviceURI hp:/usb/Deskjet_2540_series?serial=CN4AB
</Printer>
<Printer PDF>
DeviceURI cups-pdf:/
</Printer>
<Printer Neighbour>
DeviceURI implicitclass://Neighbour/
</Printer>
<Printer Cut
`;

t.test("tells printers without address, person and place", async (t) => {
  const found = await collected(t, "printers", { "/etc/cups/printers.conf": list });
  t.same(found.document, {
    printers: [
      {
        name: "Deskjet",
        model: "HP Deskjet 2540",
        connection: "usb",
        serial: "CN4AB",
        default: false,
      },
      { name: "Floor_2", model: "KONICA MINOLTA C368", connection: "network", default: false, shared: true },
      {
        name: "LaserJet",
        manufacturer: "HP",
        model: "HP LaserJet M14-M17, hpcups 3.22.10",
        connection: "usb",
        serial: "VNB3K12345",
        default: true,
        shared: false,
      },
      { name: "PDF", connection: "virtual", default: false },
    ],
  });
  t.notMatch(JSON.stringify(found), /ada|secret|example|Room|5555|implicit/i);
});

t.test("knows the bus by the address", async (t) => {
  const connection = (address: string) =>
    parsePrinters(`<Printer P>\nDeviceURI ${address}\n</Printer>\n`)[0]?.connection;
  t.same(
    [
      "ipp://host/printers/p",
      "dnssd://HP%20ENVY%206000%20(USB)._ipp._tcp.local/?uuid=1",
      "dnssd://HP%20ENVY%206000._ipp._tcp.local/",
      "hp:/net/HP_LaserJet?ip=192.0.2.7",
      "parallel:/dev/lp0",
      "bluetooth://0011",
      "constructor:/",
      "nonsense",
    ].map(connection),
    ["network", "usb", "network", "network", "parallel", "bluetooth", undefined, undefined],
  );
});

t.test("tells what they are called where the list may not be read", async (t) => {
  const { document } = await collected(t, "printers", {
    "/etc/cups/ppd/Brother.ppd":
      '*PPD-Adobe: "4.3"\n*Manufacturer: "Brother"\n*NickName: "Brother HL-L2350DW series"\n',
    "/etc/cups/ppd/Other.ppd.O": "",
    "/etc/cups/ppd/Unread.ppd": "",
  });
  t.same(document, {
    printers: [
      { name: "Brother", manufacturer: "Brother", model: "Brother HL-L2350DW series" },
      { name: "Unread" },
    ],
  });
});

t.test("says none where none is set up", async (t) => {
  t.match(await collected(t, "printers", {}), { status: "none", diagnostics: [] });
  t.match(await collected(t, "printers", { "/etc/cups/printers.conf": "NextPrinterId 1\n" }), {
    status: "none",
  });
});

t.test("reads any text as printers or as none", async () => {
  const line = fc.oneof(fc.string(), fc.constantFrom(...list.split("\n")));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) =>
      parsePrinters(lines.join("\n")).every(({ name }) => name !== ""),
    ),
  );
});
