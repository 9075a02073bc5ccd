// NetworkManager's list of access points in its terse form.
import t from "tap";
import { parseWifiList } from "./nmcli.ts";

t.test("tells each access point with all that is printed of it", async (t) => {
  const text = `*:D0\\:D0\\:FD\\:69\\:CA\\:70:636166C3A91B:5180 MHz:87:WPA2 WPA3 802.1X
 :D0\\:D0\\:FD\\:69\\:CA\\:71::2412 MHz:22:
 :D0\\:D0\\:FD\\:69\\:CA\\:72:FF00:0 MHz:0:--
 :D0\\:D0\\:FD\\:69\\:CA\\:73:61:2462 MHz:101:RSN-something-new
`;
  t.same(parseWifiList(text), [
    {
      bssid: "d0:d0:fd:69:ca:70",
      ssid: "café\\x1b",
      signalDbm: -48,
      frequency: 5_180,
      channel: 36,
      security: ["wpa2", "wpa3", "enterprise"],
      isConnected: true,
    },
    {
      bssid: "d0:d0:fd:69:ca:71",
      signalDbm: -87,
      frequency: 2_412,
      channel: 1,
      security: ["open"],
      isConnected: false,
    },
    { bssid: "d0:d0:fd:69:ca:72", ssid: "\\xff\\x00", security: ["open"], isConnected: false },
    {
      bssid: "d0:d0:fd:69:ca:73",
      ssid: "a",
      frequency: 2_462,
      channel: 11,
      security: [],
      isConnected: false,
    },
  ]);
});

t.test("keeps the line of the one in use where an address stands there twice", async (t) => {
  const [line, inUse] = [" ", "*"].map((mark) => `${mark}:D0\\:D0\\:FD\\:69\\:CA\\:70:61:2412 MHz:50:WPA2`);
  t.match(parseWifiList(`${inUse}\n${line}\n`), [{ isConnected: true }]);
  t.match(parseWifiList(`${line}\n${inUse}\n`), [{ isConnected: true }]);
});

t.test("makes nothing of lines that are none", async (t) => {
  t.same(parseWifiList("Error: NetworkManager is not running.\n\\\n:::::\n*:AA\\:BB\n"), []);
});
