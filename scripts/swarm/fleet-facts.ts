/** What real fleets are made of, in proportion: models, systems, packages. Shares are rough, the shape is what counts. */

export interface Model {
  readonly manufacturer: string;
  readonly model: string;
  readonly chassis: string;
  readonly processor: readonly [manufacturer: string, model: string, cores: number];
  readonly gibibytes: readonly number[];
  readonly disk: readonly [model: string, bus: string];
}

const intel = "GenuineIntel";
const amd = "AuthenticAMD";

const machine = (
  manufacturer: string,
  model: string,
  chassis: string,
  processor: Model["processor"],
  gibibytes: readonly number[],
  disk: Model["disk"],
): Model => ({ manufacturer, model, chassis, processor, gibibytes, disk });

/** Models with their weight. */
export const models: readonly (readonly [Model, number])[] = [
  [
    machine(
      "LENOVO",
      "ThinkPad T14 Gen 3",
      "notebook",
      [intel, "12th Gen Intel(R) Core(TM) i5-1245U", 10],
      [16, 32],
      ["SAMSUNG MZVL2512HCJQ", "nvme"],
    ),
    14,
  ],
  [
    machine(
      "LENOVO",
      "ThinkPad T14s Gen 4",
      "notebook",
      [amd, "AMD Ryzen 7 PRO 7840U", 8],
      [32, 64],
      ["KIOXIA KXG8AZNV1T02", "nvme"],
    ),
    9,
  ],
  [
    machine(
      "LENOVO",
      "ThinkCentre M70q Gen 3",
      "mini-pc",
      [intel, "12th Gen Intel(R) Core(TM) i5-12400T", 6],
      [16],
      ["WD PC SN740", "nvme"],
    ),
    6,
  ],
  [
    machine(
      "Dell Inc.",
      "Latitude 5430",
      "notebook",
      [intel, "12th Gen Intel(R) Core(TM) i7-1265U", 10],
      [16, 32],
      ["PM9A1 NVMe Samsung 512GB", "nvme"],
    ),
    12,
  ],
  [
    machine(
      "Dell Inc.",
      "Latitude 7420",
      "notebook",
      [intel, "11th Gen Intel(R) Core(TM) i7-1185G7", 4],
      [16],
      ["KBG40ZNS512G", "nvme"],
    ),
    7,
  ],
  [
    machine(
      "Dell Inc.",
      "OptiPlex 7090",
      "desktop",
      [intel, "11th Gen Intel(R) Core(TM) i5-11500", 6],
      [16, 32],
      ["PC711 NVMe SK hynix 512GB", "nvme"],
    ),
    7,
  ],
  [
    machine(
      "Dell Inc.",
      "PowerEdge R640",
      "rack-mount-chassis",
      [intel, "Intel(R) Xeon(R) Gold 6230", 20],
      [192, 384],
      ["PERC H740P Mini", "sas"],
    ),
    3,
  ],
  [
    machine(
      "Dell Inc.",
      "PowerEdge R750",
      "rack-mount-chassis",
      [intel, "Intel(R) Xeon(R) Gold 6330", 28],
      [256, 512],
      ["Dell Ent NVMe P5600", "nvme"],
    ),
    2,
  ],
  [
    machine(
      "HP",
      "EliteBook 840 G8 Notebook PC",
      "notebook",
      [intel, "11th Gen Intel(R) Core(TM) i5-1145G7", 4],
      [16],
      ["MTFDHBA512TDV", "nvme"],
    ),
    9,
  ],
  [
    machine(
      "HP",
      "ProDesk 400 G7 Small Form Factor PC",
      "desktop",
      [intel, "Intel(R) Core(TM) i5-10500", 6],
      [8, 16],
      ["KINGSTON SA400S37480G", "sata"],
    ),
    5,
  ],
  [
    machine(
      "HPE",
      "ProLiant DL360 Gen10",
      "rack-mount-chassis",
      [intel, "Intel(R) Xeon(R) Silver 4210", 10],
      [96, 192],
      ["LOGICAL VOLUME", "sas"],
    ),
    3,
  ],
  [
    machine(
      "QEMU",
      "Standard PC (Q35 + ICH9, 2009)",
      "other",
      [intel, "Intel Xeon Processor (Icelake)", 4],
      [4, 8, 16],
      ["QEMU HARDDISK", "virtio"],
    ),
    13,
  ],
  [
    machine(
      "VMware, Inc.",
      "VMware7,1",
      "other",
      [intel, "Intel(R) Xeon(R) Gold 6248R", 4],
      [8, 16],
      ["Virtual disk", "scsi"],
    ),
    9,
  ],
  [
    machine(
      "Framework",
      "Laptop 13 (AMD Ryzen 7040Series)",
      "notebook",
      [amd, "AMD Ryzen 5 7640U", 6],
      [32],
      ["WD_BLACK SN770", "nvme"],
    ),
    1,
  ],
];

export interface Release {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly kernels: readonly string[];
  /** What ends the version of an update, before its number. */
  readonly update: string;
}

const debian = (version: string, kernels: readonly string[], update: string): Release => ({
  id: "debian",
  name: "Debian GNU/Linux",
  version,
  kernels,
  update,
});
const ubuntu = (version: string, kernels: readonly string[]): Release => ({
  id: "ubuntu",
  name: "Ubuntu",
  version,
  kernels,
  update: "ubuntu0.",
});

export const releases: readonly (readonly [Release, number])[] = [
  [debian("12.11", ["6.1.0-37-amd64", "6.1.0-35-amd64"], "+deb12u"), 38],
  [debian("12.9", ["6.1.0-30-amd64", "6.1.0-29-amd64"], "+deb12u"), 12],
  [debian("11.11", ["5.10.0-34-amd64", "5.10.0-33-amd64"], "+deb11u"), 9],
  [debian("13.1", ["6.12.43+deb13-amd64"], "+deb13u"), 7],
  [ubuntu("24.04", ["6.8.0-60-generic", "6.8.0-58-generic", "6.14.0-24-generic"]), 20],
  [ubuntu("22.04", ["5.15.0-140-generic", "6.8.0-60-generic"]), 14],
];

/** Packages that nearly every installation has. */
const usual =
  "adduser apt apt-utils base-files base-passwd bash bash-completion bind9-host bsdutils bzip2 ca-certificates " +
  "coreutils cpio cron curl dash dbus debconf debianutils diffutils distro-info-data dmidecode dpkg e2fsprogs " +
  "ethtool fdisk file findutils gawk gettext-base gnupg gpg gpgv grep groff-base grub-common gzip hostname " +
  "htop init init-system-helpers initramfs-tools iproute2 iptables iputils-ping isc-dhcp-client keyboard-configuration " +
  "klibc-utils kmod krb5-locales less locales login logrotate logsave lsb-release lsof lvm2 man-db manpages mawk " +
  "media-types mount nano ncurses-base ncurses-bin ncurses-term netbase nftables openssh-client openssh-server openssl " +
  "parted passwd pci.ids pciutils perl perl-base pinentry-curses powermgmt-base procps psmisc python-apt-common python3 " +
  "python3-apt python3-certifi python3-debian python3-minimal python3-requests python3-urllib3 python3-yaml readline-common " +
  "reportbug rsync rsyslog runit-helper sed sensible-utils shared-mime-info strace sudo systemd systemd-sysv systemd-timesyncd " +
  "sysvinit-utils tar task-english tasksel tcpdump traceroute tzdata ucf udev usbutils util-linux vim-common vim-tiny wget " +
  "whiptail xauth xdg-user-dirs xkb-data xz-utils zlib1g zstd";

const libraries =
  "acl apparmor assuan attr audit blkid brotli bsd bz2 cap curl cryptsetup dbus devmapper edit elf expat ext2fs fdisk ffi " +
  "freetype gcc gcrypt gdbm glib gmp gnutls gpm gssapi hogweed icu idn jansson json keyutils klibc kmod krb5 ksba ldap lz4 " +
  "lzma magic maxminddb mnl mount mpfr ncursesw netfilter nettle newt nftnl nghttp nss pam pcap pci pcre perl pipeline png " +
  "popt proc psl python readline rtmp sasl seccomp selinux semanage sepol slang smartcols sqlite ssh ssl stdc systemd tasn " +
  "tirpc tinfo udev unistring usb uuid uv wrap xml xtables xxhash yaml zstd";

/** About 330 titles, which a device has but for a few. */
export const usualTitles: readonly string[] = [
  ...usual.split(" "),
  ...libraries.split(" ").flatMap((stem, index) => [`lib${stem}${index % 9}`, `lib${stem}-common`]),
];

const makers = ["acme", "blue", "corp", "data", "edge", "flow", "grid", "hyper", "ion", "jet", "key", "luna"];
const things = [
  "agent",
  "cli",
  "client",
  "daemon",
  "desktop",
  "driver",
  "fonts",
  "plugin",
  "sdk",
  "tools",
  "viewer",
];

/** How many titles there are that only some devices have. */
export const rareTitles = 20_000;

/** A title of the long tail, 0 being the most common. */
export const rareTitle = (rank: number): string =>
  `${makers[rank % makers.length]}-${things[Math.floor(rank / makers.length) % things.length]}-${rank}`;
