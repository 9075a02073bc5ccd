/** Names of ARM processors by the implementer and part numbers of their identification register (MIDR). */

interface Implementer {
  readonly name: string;
  readonly parts: Readonly<Record<number, string>>;
}

const arm: Readonly<Record<number, string>> = {
  2336: "ARM920T",
  2342: "ARM926EJ-S",
  2818: "ARM11 MPCore",
  2870: "ARM1136",
  2902: "ARM1156",
  2934: "ARM1176",
  3077: "Cortex-A5",
  3079: "Cortex-A7",
  3080: "Cortex-A8",
  3081: "Cortex-A9",
  3085: "Cortex-A17",
  3086: "Cortex-A17",
  3087: "Cortex-A15",
  3329: "Cortex-A32",
  3330: "Cortex-A34",
  3331: "Cortex-A53",
  3332: "Cortex-A35",
  3333: "Cortex-A55",
  3334: "Cortex-A65",
  3335: "Cortex-A57",
  3336: "Cortex-A72",
  3337: "Cortex-A73",
  3338: "Cortex-A75",
  3339: "Cortex-A76",
  3340: "Neoverse-N1",
  3341: "Cortex-A77",
  3342: "Cortex-A76AE",
  3392: "Neoverse-V1",
  3393: "Cortex-A78",
  3394: "Cortex-A78AE",
  3395: "Cortex-A65AE",
  3396: "Cortex-X1",
  3398: "Cortex-A510",
  3399: "Cortex-A710",
  3400: "Cortex-X2",
  3401: "Neoverse-N2",
  3402: "Neoverse-E1",
  3403: "Cortex-A78C",
  3404: "Cortex-X1C",
  3405: "Cortex-A715",
  3406: "Cortex-X3",
  3407: "Neoverse-V2",
  3456: "Cortex-A520",
  3457: "Cortex-A720",
  3458: "Cortex-X4",
  3460: "Neoverse-V3",
  3461: "Cortex-X925",
  3463: "Cortex-A725",
  3470: "Neoverse-N3",
};

const implementers: Readonly<Record<number, Implementer>> = {
  65: { name: "ARM", parts: arm },
  66: { name: "Broadcom", parts: { 15: "Brahma-B15", 256: "Brahma-B53", 1302: "ThunderX2" } },
  67: {
    name: "Cavium",
    parts: {
      160: "ThunderX",
      161: "ThunderX 88XX",
      162: "ThunderX 81XX",
      163: "ThunderX 83XX",
      175: "ThunderX2 99xx",
      177: "OCTEON TX2 98XX",
      178: "OCTEON TX2 96XX",
      184: "ThunderX3 T110",
    },
  },
  68: { name: "DEC", parts: { 2576: "SA-110", 2577: "SA-1100" } },
  70: { name: "Fujitsu", parts: { 1: "A64FX" } },
  72: { name: "HiSilicon", parts: { 3329: "Kunpeng 920", 3392: "Cortex-A76" } },
  73: { name: "Infineon", parts: {} },
  77: { name: "Freescale", parts: {} },
  78: { name: "NVIDIA", parts: { 0: "Denver", 3: "Denver 2", 4: "Carmel" } },
  80: { name: "APM", parts: { 0: "X-Gene" } },
  81: {
    name: "Qualcomm",
    parts: {
      1: "Oryon",
      15: "Scorpion",
      45: "Scorpion",
      77: "Krait",
      111: "Krait",
      513: "Kryo",
      517: "Kryo",
      529: "Kryo",
      2048: "Kryo V2",
      2049: "Kryo V2",
      2050: "Kryo 3XX Gold",
      2051: "Kryo 3XX Silver",
      2052: "Kryo 4XX Gold",
      2053: "Kryo 4XX Silver",
      3072: "Falkor",
      3073: "Saphira",
    },
  },
  83: { name: "Samsung", parts: { 1: "Exynos M1", 2: "Exynos M3", 3: "Exynos M4", 4: "Exynos M5" } },
  86: { name: "Marvell", parts: { 305: "Feroceon 88FR131", 1409: "PJ4", 1412: "PJ4B-MP" } },
  97: {
    name: "Apple",
    parts: {
      32: "Icestorm A14",
      33: "Firestorm A14",
      34: "Icestorm M1",
      35: "Firestorm M1",
      36: "Icestorm M1 Pro",
      37: "Firestorm M1 Pro",
      40: "Icestorm M1 Max",
      41: "Firestorm M1 Max",
      48: "Blizzard A15",
      49: "Avalanche A15",
      50: "Blizzard M2",
      51: "Avalanche M2",
    },
  },
  102: { name: "Faraday", parts: { 1318: "FA526", 1574: "FA626" } },
  105: { name: "Intel", parts: {} },
  109: { name: "Microsoft", parts: { 3401: "Azure Cobalt 100" } },
  112: {
    name: "Phytium",
    parts: { 1632: "FTC660", 1633: "FTC661", 1634: "FTC662", 1635: "FTC663", 1636: "FTC664" },
  },
  192: { name: "Ampere", parts: { 2755: "Ampere-1", 2756: "Ampere-1A" } },
};

/** Cores of these run more than one thread: Cortex-A65 and A65AE, Neoverse-E1, ThunderX2. */
const multithreaded: ReadonlySet<string> = new Set(["41:d06", "41:d43", "41:d4a", "42:516", "43:af"]);

/** Both numbers as /proc/cpuinfo writes them, e.g. `0x41` and `0xd0c`. */
export function armProcessor(
  implementer: string | undefined,
  part: string | undefined,
): {
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly multithreaded: boolean;
} {
  const [maker, model] = [numberOf(implementer), numberOf(part)];
  const known = implementers[maker];
  return {
    manufacturer: known?.name,
    model: known?.parts[model],
    multithreaded: multithreaded.has(`${maker.toString(16)}:${model.toString(16)}`),
  };
}

/** Whether this part runs 64-bit programs, whatever the kernel: ARM's own since the Cortex-A34. */
export function isArm64(implementer: string | undefined, part: string | undefined): boolean {
  return numberOf(implementer) === 0x41 && numberOf(part) >= 0xd02 && numberOf(part) in arm;
}

const numberOf = (text: string | undefined): number =>
  /^0x[0-9a-f]{1,6}$/i.test(text ?? "") ? Number(text) : -1;
