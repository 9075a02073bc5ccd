// Which file systems hold the device's data, each once, and whose name no person.
import t from "tap";
import { holdsData, isRemote, namesPerson, onceEach } from "./filesystems.ts";
import { type Mount, parseMountinfo, parseMounts } from "./mounts.ts";

const mount = (at: string, type: string, source: string, device?: string): Mount => ({
  ...(device === undefined ? {} : { device }),
  root: "/",
  mount: at,
  type,
  source,
  options: "rw",
});

t.test("keeps what holds data", async (t) => {
  const kept = [
    mount("/", "ext4", "/dev/root", "8:1"),
    mount("/", "ext4", "/dev/sda1"),
    mount("/", "squashfs", "/dev/mtdblock4", "31:4"),
    mount("/", "btrfs", "/dev/mapper/root", "0:30"),
    mount("/tank", "zfs", "tank/data", "0:31"),
    mount("/overlay", "ubifs", "ubi0:rootfs_data", "0:32"),
    mount("/mnt/windows", "fuseblk", "/dev/sdb1", "8:17"),
    mount("/srv", "nfs4", "server:/srv", "0:50"),
    mount("/mnt/c", "9p", "C:\\", "0:51"),
    mount("/var/lib/docker", "ext4", "/dev/sdb", "8:16"),
    mount("/var/lib/containers/storage", "xfs", "/dev/sdc", "8:32"),
  ];
  t.same(
    kept.filter((each) => !holdsData(each)),
    [],
  );
  t.same(
    kept.filter(isRemote).map(({ type }) => type),
    ["nfs4", "9p"],
  );
});

t.test("leaves out what the kernel, services and containers mount for themselves", async (t) => {
  const left = [
    mount("/proc", "proc", "proc", "0:21"),
    mount("/tmp", "tmpfs", "tmpfs", "0:22"),
    mount("/tmp", "tmpfs", "/dev/shm"),
    mount("/sys/fs/cgroup", "cgroup2", "cgroup2", "0:23"),
    mount("/boot/efi", "autofs", "systemd-1", "0:24"),
    mount("/var/lib/docker/overlay2/a/merged", "overlay", "overlay", "0:40"),
    mount("/var/lib/docker/devicemapper/mnt/a", "xfs", "/dev/dm-3", "253:3"),
    mount("/var/lib/kubelet/pods/1/volumes/a", "ext4", "/dev/sdd", "8:48"),
    mount("/snap/core/1", "squashfs", "/dev/loop0", "7:0"),
    mount("/var/lib/snapd/snap/bare/5", "squashfs", "/dev/loop1"),
    mount("/media/cdrom", "iso9660", "/dev/sr0", "11:0"),
    mount("/run/media/ada/STICK", "vfat", "/dev/sdc1", "8:33"),
    mount("/opt/share", "fuse.sshfs", "ada@host:", "0:60"),
    mount("/tmp/.mount_app", "fuse.app", "app", "0:61"),
    mount("/etc/hosts", "ext4", "/dev/sda1", "8:1"),
  ];
  t.same(left.filter(holdsData), []);
});

t.test("leaves out places that name a person, but not the places of all", async (t) => {
  const naming = [
    "/home/ada",
    "/home/ada/Music",
    "/var/home/ada",
    "/export/home/ada",
    "/srv/users/ada",
    "/Users/ada",
    "/media/ada/STICK",
  ];
  const shared = [
    "/",
    "/home",
    "/srv/home",
    "/media",
    "/media/data",
    "/mnt/homeserver/x",
    "/opt/users-db/x",
    "/root",
  ];
  const named = (places: string[]) =>
    places.filter((at) => namesPerson(mount(at, "ext4", "/dev/sda1", "8:1")));
  t.same(named(naming), naming);
  t.same(named(shared), []);
});

const onceOf = (mounts: readonly Mount[]) => onceEach(mounts).map((each) => each.mount);

t.test("lists a file system at its shortest mount", async (t) => {
  const info = [
    "1 0 8:1 /ostree/deploy/os/deploy/1 / rw - xfs /dev/sda1 rw",
    "2 1 8:1 / /sysroot rw - xfs /dev/sda1 rw",
    "3 1 8:1 /var /var rw - xfs /dev/sda1 rw",
    "4 1 8:2 / /srv/b rw - xfs /dev/sda2 rw",
    "5 1 8:2 /x /srv/a rw - xfs /dev/sda2 rw",
  ].join("\n");
  t.same(onceOf(parseMountinfo(info)), ["/", "/srv/a"]);
  const bind = [mount("/aa", "ext4", "/dev/sda1", "8:1"), mount("/b", "ext4", "/dev/sda1", "8:1")];
  t.same(onceOf(bind), ["/b"]);
});

t.test("lists what is mounted from a server as it was asked for, parts of one export too", async (t) => {
  const shares = [mount("/a", "nfs4", "server:/x", "0:50"), mount("/b", "nfs4", "server:/x/sub", "0:50")];
  t.same(onceOf([...shares, mount("/again", "nfs4", "server:/x", "0:51")]), ["/a", "/b"]);
});

t.test("lists every subvolume of btrfs, its bind mounts aside", async (t) => {
  const options = (id: number, path: string) => `rw,ssd,subvolid=${id},subvol=/${path}`;
  const info = [
    `1 0 0:30 /root / rw - btrfs /dev/sda1 ${options(257, "root")}`,
    `2 1 0:30 /home /home rw - btrfs /dev/sda1 ${options(256, "home")}`,
    `3 1 0:30 /root/var/lib/docker/btrfs /var/lib/docker/btrfs rw - btrfs /dev/sda1 ${options(257, "root")}`,
    `4 1 0:31 / /data rw - btrfs /dev/sdb ${options(5, "")}`,
  ].join("\n");
  t.same(onceOf(parseMountinfo(info)), ["/", "/home", "/data"]);
});

t.test("tells by the source where the older table has no numbers", async (t) => {
  const table = [
    "/dev/sda1 / ext4 rw 0 0",
    "/dev/sda1 /var/bind ext4 rw 0 0",
    "tank/a /tank/a zfs rw 0 0",
    "tank/b /tank/b zfs rw 0 0",
    "server:/x /x nfs rw 0 0",
    "server:/y /y nfs rw 0 0",
  ].join("\n");
  t.same(onceOf(parseMounts(table)), ["/", "/tank/a", "/tank/b", "/x", "/y"]);
});
