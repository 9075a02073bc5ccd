// Which interfaces are Wi-Fi's, and what was heard through the one program that is there.
import t, { type Test } from "tap";
import type { Look, Printed } from "../collecting/collector.ts";
import { openLook } from "../collecting/look.ts";
import { machineTree, type Tree } from "../testing/collected.ts";
import { scanDump } from "./iw.ts";
import { wifiList } from "./nmcli.ts";
import { heardAccessPoints, wifiInterfaces, wifiPrograms, wifiReads } from "./wifi-devices.ts";

const wifi: Tree = {
  "/sys/class/net/eth0": "folder",
  "/sys/class/net/wlp5s0/phy80211": "folder",
  "/sys/class/net/-x/phy80211": "folder",
};

/** A machine that runs, as far as the tree tells; what programs print is made up, and what was run is kept. */
function running(t: Test, tree: Tree, printed?: Printed) {
  const ran: unknown[] = [];
  const look: Look = {
    ...openLook({ root: machineTree(t, tree), reads: wifiReads }),
    live: true,
    run: async (program, args) => {
      if (!wifiPrograms.includes(program)) throw new Error(`${program} is not declared`);
      ran.push([program, ...args]);
      return printed;
    },
  };
  return { look, ran };
}

const heard = { code: 0, text: "BSS d0:d0:fd:69:ca:70(on wlp5s0)\n" };

t.test("asks the one program that is there, of the interface that is Wi-Fi's", async (t) => {
  const both = running(t, { ...wifi, "/usr/sbin/iw": "", "/usr/bin/nmcli": "" }, heard);
  t.same(await heardAccessPoints(both.look), {
    accessPoints: [{ bssid: "d0:d0:fd:69:ca:70", isConnected: false }],
  });
  t.same(both.ran, [["/usr/sbin/iw", ...scanDump("wlp5s0")]]);
  const manager = running(t, { ...wifi, "/usr/bin/nmcli": "" }, { code: 0, text: "" });
  t.same(await heardAccessPoints(manager.look), { accessPoints: [] });
  t.same(manager.ran, [["/usr/bin/nmcli", ...wifiList]]);
});

t.test("says why nothing was heard, and asks nothing where nothing could be", async (t) => {
  const none = running(t, { "/sys/class/net/eth0": "folder", "/usr/sbin/iw": "" }, heard);
  t.same([await heardAccessPoints(none.look), none.ran], [{ nothing: "none" }, []]);
  const toolless = running(t, wifi, heard);
  t.same([await heardAccessPoints(toolless.look), toolless.ran], [{ nothing: "tool-missing" }, []]);
  const hanging = running(t, { ...wifi, "/usr/sbin/iw": "", "/usr/bin/nmcli": "" });
  t.same([await heardAccessPoints(hanging.look), hanging.ran.length], [{ nothing: "failed" }, 1]);
  const failing = running(t, { ...wifi, "/sbin/iw": "" }, { code: 237, text: heard.text });
  t.same(await heardAccessPoints(failing.look), { nothing: "failed" });
  const tree = openLook({ root: machineTree(t, wifi), reads: wifiReads });
  t.same([wifiInterfaces(tree), await heardAccessPoints(tree)], [["wlp5s0"], { nothing: "unsupported" }]);
});
