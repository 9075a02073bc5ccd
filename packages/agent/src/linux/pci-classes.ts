/** Names of PCI classes (PCI Code and ID Assignment Specification), as lspci(8) prints them. */

type SubClasses = Readonly<Record<string, string>>;

/** By base class: its own name, and those of its sub-classes that have another. */
const classes: Readonly<Record<string, readonly [string, SubClasses]>> = {
  "00": [
    "Unclassified device",
    { "00": "Non-VGA unclassified device", "01": "VGA compatible unclassified device" },
  ],
  "01": [
    "Mass storage controller",
    {
      "00": "SCSI storage controller",
      "01": "IDE interface",
      "02": "Floppy disk controller",
      "03": "IPI bus controller",
      "04": "RAID bus controller",
      "05": "ATA controller",
      "06": "SATA controller",
      "07": "Serial Attached SCSI controller",
      "08": "Non-Volatile memory controller",
      "09": "Universal Flash Storage controller",
    },
  ],
  "02": [
    "Network controller",
    {
      "00": "Ethernet controller",
      "01": "Token ring network controller",
      "02": "FDDI network controller",
      "03": "ATM network controller",
      "04": "ISDN controller",
      "07": "Infiniband controller",
      "08": "Fabric controller",
    },
  ],
  "03": [
    "Display controller",
    { "00": "VGA compatible controller", "01": "XGA compatible controller", "02": "3D controller" },
  ],
  "04": [
    "Multimedia controller",
    {
      "00": "Multimedia video controller",
      "01": "Multimedia audio controller",
      "02": "Computer telephony device",
      "03": "Audio device",
    },
  ],
  "05": ["Memory controller", { "00": "RAM memory", "01": "FLASH memory", "02": "CXL" }],
  "06": [
    "Bridge",
    {
      "00": "Host bridge",
      "01": "ISA bridge",
      "02": "EISA bridge",
      "03": "MicroChannel bridge",
      "04": "PCI bridge",
      "05": "PCMCIA bridge",
      "07": "CardBus bridge",
      "09": "Semi-transparent PCI-to-PCI bridge",
      "0a": "InfiniBand to PCI host bridge",
    },
  ],
  "07": [
    "Communication controller",
    {
      "00": "Serial controller",
      "01": "Parallel controller",
      "02": "Multiport serial controller",
      "03": "Modem",
      "04": "GPIB controller",
      "05": "Smart Card controller",
    },
  ],
  "08": [
    "Generic system peripheral",
    {
      "00": "PIC",
      "01": "DMA controller",
      "02": "Timer",
      "03": "RTC",
      "04": "PCI Hot-plug controller",
      "05": "SD Host controller",
      "06": "IOMMU",
      "80": "System peripheral",
    },
  ],
  "09": [
    "Input device controller",
    {
      "00": "Keyboard controller",
      "01": "Digitizer Pen",
      "02": "Mouse controller",
      "03": "Scanner controller",
    },
  ],
  "0a": ["Docking station", { "00": "Generic Docking Station", "80": "Docking Station" }],
  "0b": ["Processor", { "20": "Power PC", "30": "MIPS", "40": "Co-processor" }],
  "0c": [
    "Serial bus controller",
    {
      "00": "FireWire (IEEE 1394)",
      "03": "USB controller",
      "04": "Fibre Channel",
      "05": "SMBus",
      "06": "InfiniBand",
      "07": "IPMI Interface",
      "09": "CANBUS",
    },
  ],
  "0d": [
    "Wireless controller",
    {
      "00": "IRDA controller",
      "01": "Consumer IR controller",
      "10": "RF controller",
      "11": "Bluetooth",
      "12": "Broadband",
      "20": "802.1a controller",
      "21": "802.1b controller",
    },
  ],
  "0e": ["Intelligent controller", { "00": "I2O" }],
  "0f": ["Satellite communications controller", {}],
  "10": [
    "Encryption controller",
    { "00": "Network and computing encryption device", "10": "Entertainment encryption device" },
  ],
  "11": [
    "Signal processing controller",
    { "00": "DPIO module", "01": "Performance counters", "10": "Communication synchronizer" },
  ],
  "12": ["Processing accelerators", {}],
  "13": ["Non-Essential Instrumentation", {}],
  "40": ["Coprocessor", {}],
  ff: ["Unassigned class", {}],
};

/** `class` is four hexadecimal digits, base class and sub-class; undefined when it has no name. */
export function pciClassName(code: string): string | undefined {
  const [base, subs] = classes[code.slice(0, 2)] ?? [];
  return subs?.[code.slice(2)] ?? base;
}
