// Days of releases as firmware of real machines writes them.
import fc from "fast-check";
import t from "tap";
import { firmwareDay } from "./firmware-date.ts";

t.test("reads a day however it is written", async (t) => {
  const written = {
    "07/20/2020": "2020-07-20",
    "01/05/11  ": "2011-01-05",
    "02/09/08": "2008-02-09",
    "11/30/98": "1998-11-30",
    "004/21/2021": "2021-04-21",
    "04.20.2021": "2021-04-20",
    "13.04.2021": "2021-04-13",
    "2021-04-20": "2021-04-20",
    "2021/4/20 12:00": "2021-04-20",
    "20210420": "2021-04-20",
    "Dec  4 2020": "2020-12-04",
    "Fri Dec  4 2020 10:11:12": "2020-12-04",
    "December 4, 2020": "2020-12-04",
    "04-Dec-20": "2020-12-04",
    "02/29/2020": "2020-02-29",
  };
  for (const [text, day] of Object.entries(written)) t.equal(firmwareDay(text), day, text);
});

t.test("tells no day where there is none", async (t) => {
  const wrong = ["", "<BAD INDEX>", "32/32/2032", "02/30/2020", "00/00/0000", "01/01/0001", "02/29/2021"];
  for (const text of [...wrong, "Default string", "12/2020", "Dec 2020", "4 2020", "1.2.3", "01/01/19999"])
    t.equal(firmwareDay(text), undefined, text);
});

t.test("never throws, and tells days only", async () => {
  const part = fc.oneof(fc.nat(9_999).map(String), fc.constantFrom("/", "-", ".", " ", "Dec", "may", "0"));
  const text = fc.oneof(
    fc.string(),
    fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (text) => /^(199\d|20\d\d)-[01]\d-[0-3]\d$/.test(firmwareDay(text) ?? "1990-01-01")),
  );
});
