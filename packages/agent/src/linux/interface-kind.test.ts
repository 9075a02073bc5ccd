// What kind of interface it is, and which are left out.
import t from "tap";
import { type InterfaceFacts, isLeftOut, kindOf } from "./interface-kind.ts";

const facts = (
  name: string,
  more: Partial<Omit<InterfaceFacts, "entries">> = {},
  ...entries: string[]
): InterfaceFacts => ({
  name,
  hardware: 1,
  devtype: undefined,
  isLinked: false,
  ...more,
  entries: new Set(entries),
});
const device = facts("eth0", {}, "device");

t.test("tells the kind by what the driver says, by the folder, by the number of the hardware", async (t) => {
  t.equal(kindOf(device), "ethernet");
  t.equal(kindOf(facts("lan1", { devtype: "dsa", isLinked: true }, "device")), "ethernet");
  t.equal(kindOf(facts("wlan0", { devtype: "wlan" }, "device", "phy80211")), "wifi");
  t.equal(kindOf(facts("wlan0", {}, "device", "wireless")), "wifi");
  t.equal(kindOf(facts("br0", { devtype: "bridge" }, "bridge")), "bridge");
  t.equal(kindOf(facts("br0", {}, "bridge")), "bridge");
  t.equal(kindOf(facts("bond0", {}, "bonding")), "bond");
  t.equal(kindOf(facts("eth0.5", { devtype: "vlan", isLinked: true })), "vlan");
  t.equal(kindOf(facts("tap0", {}, "tun_flags")), "tunnel");
  t.equal(kindOf(facts("tun0", { hardware: 65_534 }, "tun_flags")), "tunnel");
  t.equal(kindOf(facts("wg0", { hardware: 65_534, devtype: "wireguard" })), "wireguard");
  t.equal(kindOf(facts("wwan0", { hardware: 65_534, devtype: "wwan" }, "device")), "wwan");
  t.equal(kindOf(facts("ib0", { hardware: 32 }, "device")), "infiniband");
  t.equal(kindOf(facts("sit1", { hardware: 776 })), "tunnel");
  t.equal(kindOf(facts("can0", { hardware: 280 }, "device")), "can");
  t.equal(kindOf(facts("eth0", { isLinked: true })), "ethernet", "a container's end of a cable");
  t.equal(kindOf(facts("dummy0")), "virtual");
  t.equal(kindOf(facts("nlmon0", { hardware: 824 })), undefined);
  t.equal(kindOf(facts("odd", { hardware: undefined })), undefined);
});

t.test("leaves out what comes and goes with containers, and what is made in store", async (t) => {
  const out = (each: InterfaceFacts, hasAddress: boolean) => isLeftOut(each, hasAddress);
  const host = facts("cali1234", { isLinked: true });
  for (const each of [
    facts("lo", { hardware: 772 }),
    facts("vethab12", { isLinked: true }),
    facts("vnet3", {}, "brport", "tun_flags"),
  ])
    t.ok(out(each, true) && out(each, false), each.name);
  for (const each of [
    host,
    facts("ifb0"),
    facts("sit0", { hardware: 776 }),
    facts("nlmon0", { hardware: 824 }),
  ])
    t.ok(out(each, false) && !out(each, true), each.name);
  for (const each of [
    device,
    facts("eth1", {}, "device", "brport"),
    facts("br0", { devtype: "bridge" }, "bridge"),
    facts("bond0", { devtype: "bond" }, "bonding", "brport"),
    facts("tun0", { hardware: 65_534 }, "tun_flags"),
    facts("wg0", { hardware: 65_534, devtype: "wireguard" }),
  ])
    t.notOk(out(each, false) || out(each, true), each.name);
});
