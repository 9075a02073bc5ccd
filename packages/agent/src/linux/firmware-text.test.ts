// What firmware says for a value, and what it says for none.
import fc from "fast-check";
import t from "tap";
import { clean, decodeFirmwareText, told } from "./firmware-text.ts";

t.test("leaves out what makers write for no value", async (t) => {
  const placeholders = [
    "",
    "   ",
    "--",
    "...",
    "To Be Filled By O.E.M.",
    "To be filled by O.E.M. by More String",
    "Default string",
    "System manufacturer",
    "System Product Name",
    "System Serial Number",
    "System SKU#",
    "SKU",
    "Base Board Serial Number",
    "Chassis Asset Tag",
    "Asset-1234567890",
    "BSN12345678901234567",
    "MB-1234567890",
    "Manufacturer0",
    "PartNum1",
    "A1_AssetTagNum0",
    "Array1_PartNumber3",
    "Not Specified",
    "Not Available",
    "Not Applicable",
    "No Asset Information",
    "No Asset Tag",
    "SKU=NotProvided;ModelName=PowerEdge R7525",
    "NO DIMM",
    "<BAD INDEX>",
    "None",
    "NULL",
    "N/A",
    "INVALID",
    "Unknown",
    "Unknown (ad00)",
    "Undefined         ",
    "TBD",
    "O.E.M.",
    "0",
    "0000000",
    "0x00000000",
    "FFFFFFFF",
    "XXXXXXXXXX",
    "ÿÿÿÿ",
    "1111111",
    "JEDEC ID:00 00 00 00 00 00 00 00",
    "JEDEC ID:",
    "123456789",
    "0123456789",
    "0123456789ABCDEF",
    "12345",
  ];
  t.same(
    placeholders.filter((text) => told(text) !== undefined),
    [],
  );
});

t.test("keeps what looks a little like a placeholder and is a value", async (t) => {
  const values = [
    "PC131TBF",
    "7",
    "11",
    "Asset 12",
    "SG",
    "Server",
    "D2939-B1",
    "12341234",
    "90000",
    "Model 3",
    "Systemax",
    "N/A-Tech 5000",
    "OEM Systems Ltd",
    "世恒TD120A2",
    "VMware-56 4d bf 23 01 aa 4e 9f-c3 92 24 bd 7b 66 16 68",
  ];
  t.same(
    values.map((text) => told(text)),
    values,
  );
});

t.test("makes one line of it", async (t) => {
  t.equal(told(" Intel(R)  Xeon(R)\tCPU\u0000 E5\n"), "Intel(R) Xeon(R) CPU E5");
  t.equal(clean("\u0085 \n"), undefined);
  t.equal(clean(undefined), undefined);
});

t.test("reads UTF-8, and Latin-1 where it is none", async (t) => {
  t.equal(decodeFirmwareText(Buffer.from("世恒")), "世恒");
  t.equal(decodeFirmwareText(Buffer.from([0x4d, 0xfc, 0x6c])), "Mül");
});

t.test("says of any text either nothing or one clean line of it", async () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const value = told(text);
      return (
        value === undefined || (value === clean(text) && clean(value) === value && told(value) === value)
      );
    }),
    { numRuns: 300 },
  );
});
