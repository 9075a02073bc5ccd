// Section `vpn`: kinds and names of what is set up, and nothing of what is written in it.
import fc from "fast-check";
import t from "tap";
import { parseNmConnection, vpnKindOf } from "../linux/vpn.ts";
import { collected, type Tree } from "../testing/collected.ts";

const secret = "c2VjcmV0LWtleS1uZXZlci10b2xk";
const nm = (type: string, more: string) =>
  `[connection]\nid=office\nuuid=1\ntype=${type}\n${more}\n[wifi-security]\npsk=${secret}\n`;

const machine: Tree = {
  "/sys/class/net/wg0/uevent": "DEVTYPE=wireguard\nINTERFACE=wg0\n",
  "/sys/class/net/eth0/uevent": "INTERFACE=eth0\n",
  "/sys/class/net/tun0/uevent": "INTERFACE=tun0\n",
  "/etc/wireguard/wg0.conf": `[Interface]\nPrivateKey=${secret}\n[Peer]\nEndpoint=203.0.113.7:51820\n`,
  "/etc/wireguard/wg1.conf": `[Interface]\nPrivateKey=${secret}\n`,
  "/etc/wireguard/private.key": secret,
  "/etc/openvpn/client/work.conf": "remote vpn.example 1194\n",
  "/etc/ipsec.conf": "config setup\nconn %default\n  keyexchange=ikev2\nconn branch\n  right=203.0.113.8\n",
  "/var/lib/zerotier-one/networks.d/8056c2e21c000001.conf": secret,
  "/var/lib/zerotier-one/networks.d/8056c2e21c000001.local.conf": "allowManaged=1\n",
  "/var/lib/tailscale/tailscaled.state": `{"key":"${secret}"}`,
  "/etc/NetworkManager/system-connections/office.nmconnection": nm(
    "vpn",
    `[vpn]\nservice-type=org.freedesktop.NetworkManager.openvpn\npassword=${secret}\nremote=vpn.example\n`,
  ),
  "/etc/NetworkManager/system-connections/home.nmconnection": nm("wifi", "[wifi]\nssid=home\n"),
};

t.test("tells what is set up, and nothing of what is written in it", async (t) => {
  const found = await collected(t, "vpn", machine);
  t.same([found.status, found.diagnostics], ["ok", []]);
  const network = (kind: string, name: string, configured: boolean, up: boolean) => ({
    kind,
    name,
    configured,
    up,
  });
  t.same(found.document, {
    networks: [
      network("ipsec", "branch", true, false),
      network("openvpn", "office", true, false),
      network("openvpn", "work", true, false),
      network("tailscale", "tailscale0", true, false),
      network("tunnel", "tun0", false, true),
      network("wireguard", "wg0", true, true),
      network("wireguard", "wg1", true, false),
      network("zerotier", "8056c2e21c000001", true, false),
    ],
  });
  t.notMatch(JSON.stringify(found), new RegExp(`${secret}|203\\.0\\.113|vpn\\.example|"home"`));
});

t.test("says that there is none", async (t) => {
  t.match(await collected(t, "vpn", {}), { status: "none", diagnostics: [] });
});

t.test("knows interfaces by the names that programs give them", async (t) => {
  const names = ["tailscale0", "ztabcdefgh12", "cscotun0", "gpd0", "CloudflareWARP", "ppp0", "tap0", "eth0"];
  t.same(
    names.map((name) => vpnKindOf(name, undefined)),
    ["tailscale", "zerotier", "anyconnect", "globalprotect", "warp", "ppp", "tunnel", undefined],
  );
  t.equal(vpnKindOf("nordlynx", "wireguard"), "wireguard");
});

t.test("leaves one person's connections alone", async (t) => {
  const text = nm("wireguard", "");
  t.same(parseNmConnection(text), { kind: "wireguard", name: "office" });
  t.equal(parseNmConnection(text.replace("uuid=1", "permissions=user:ada:;")), undefined);
  t.same(parseNmConnection(nm("vpn", "[vpn]\nservice-type=org.example.new\n")), {
    kind: "other",
    name: "office",
  });
  fc.assert(fc.property(fc.string(), (any) => parseNmConnection(any) === undefined));
});
