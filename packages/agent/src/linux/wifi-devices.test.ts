// Which interfaces are Wi-Fi's, and what was heard through the one program that is there.
import t from "tap";
import { openLook } from "../collecting/look.ts";
import { machineTree, type Tree } from "../testing/collected.ts";
import { running } from "../testing/running.ts";
import { scanDump } from "./iw.ts";
import { wifiList } from "./nmcli.ts";
import { heardAccessPoints, wifiInterfaces, wifiPrograms, wifiReads } from "./wifi-devices.ts";

const wifi: Tree = {
  "/sys/class/net/eth0": "folder",
  "/sys/class/net/wlp5s0/phy80211": "folder",
  "/sys/class/net/-x/phy80211": "folder",
};

const declared = { reads: wifiReads, programs: wifiPrograms };

const heard = { "/usr/sbin/iw": { code: 0, text: "BSS d0:d0:fd:69:ca:70(on wlp5s0)\n" } };

t.test("asks the one program that is there, of the interface that is Wi-Fi's", async (t) => {
  const both = running(t, declared, { ...wifi, "/usr/sbin/iw": "", "/usr/bin/nmcli": "" }, heard);
  t.same(await heardAccessPoints(both.look), {
    interface: "wlp5s0",
    accessPoints: [{ bssid: "d0:d0:fd:69:ca:70", isConnected: false }],
  });
  t.same(both.ran, [["/usr/sbin/iw", ...scanDump("wlp5s0")]]);
  const manager = running(
    t,
    declared,
    { ...wifi, "/usr/bin/nmcli": "" },
    { "/usr/bin/nmcli": { code: 0, text: "" } },
  );
  t.match(await heardAccessPoints(manager.look), { accessPoints: [] });
  t.same(manager.ran, [["/usr/bin/nmcli", ...wifiList]]);
});

t.test("says why nothing was heard, and asks nothing where nothing could be", async (t) => {
  const none = running(t, declared, { "/sys/class/net/eth0": "folder", "/usr/sbin/iw": "" }, heard);
  t.same([await heardAccessPoints(none.look), none.ran], [{ nothing: "none" }, []]);
  const toolless = running(t, declared, wifi, heard);
  t.same([await heardAccessPoints(toolless.look), toolless.ran], [{ nothing: "tool-missing" }, []]);
  const hanging = running(t, declared, { ...wifi, "/usr/sbin/iw": "", "/usr/bin/nmcli": "" });
  t.same([await heardAccessPoints(hanging.look), hanging.ran.length], [{ nothing: "failed" }, 1]);
  const failing = running(t, declared, { ...wifi, "/sbin/iw": "" }, { "/sbin/iw": { code: 237, text: "" } });
  t.same(await heardAccessPoints(failing.look), { nothing: "failed" });
  const tree = openLook({ root: machineTree(t, wifi), reads: wifiReads });
  t.same([wifiInterfaces(tree), await heardAccessPoints(tree)], [["wlp5s0"], { nothing: "unsupported" }]);
});
