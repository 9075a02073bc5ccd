/** Every section definition. Written by `npm run generate` from the folder's contents. */
import { definition as accounts } from "./accounts.ts";
import { definition as audio } from "./audio.ts";
import { definition as batteries } from "./batteries.ts";
import { definition as cameras } from "./cameras.ts";
import { definition as containers } from "./containers.ts";
import { definition as diagnostics } from "./diagnostics.ts";
import { definition as diskHealth } from "./disk-health.ts";
import { definition as displays } from "./displays.ts";
import { definition as dns } from "./dns.ts";
import { definition as firmware } from "./firmware.ts";
import { definition as graphics } from "./graphics.ts";
import { definition as identifiers } from "./identifiers.ts";
import { definition as installation } from "./installation.ts";
import { definition as kernelModules } from "./kernel-modules.ts";
import { definition as listeningPorts } from "./listening-ports.ts";
import { definition as location } from "./location.ts";
import { definition as logins } from "./logins.ts";
import { definition as memory } from "./memory.ts";
import { definition as modems } from "./modems.ts";
import { definition as nearbyAccessPoints } from "./nearby.access-points.ts";
import { definition as nearbyBluetooth } from "./nearby.bluetooth.ts";
import { definition as nearbyMdns } from "./nearby.mdns.ts";
import { definition as nearbyNeighbours } from "./nearby.neighbours.ts";
import { definition as network } from "./network.ts";
import { definition as operatingSystem } from "./operating-system.ts";
import { definition as pciDevices } from "./pci-devices.ts";
import { definition as pendingUpdates } from "./pending-updates.ts";
import { definition as personalSoftwareAppimage } from "./personal-software.appimage.ts";
import { definition as personalSoftwareBrowserExtensions } from "./personal-software.browser-extensions.ts";
import { definition as personalSoftwareCargo } from "./personal-software.cargo.ts";
import { definition as personalSoftwareEditorExtensions } from "./personal-software.editor-extensions.ts";
import { definition as personalSoftwareFlatpak } from "./personal-software.flatpak.ts";
import { definition as personalSoftwareGem } from "./personal-software.gem.ts";
import { definition as personalSoftwareNpm } from "./personal-software.npm.ts";
import { definition as personalSoftwarePip } from "./personal-software.pip.ts";
import { definition as printers } from "./printers.ts";
import { definition as processor } from "./processor.ts";
import { definition as proxies } from "./proxies.ts";
import { definition as routes } from "./routes.ts";
import { definition as scheduledJobs } from "./scheduled-jobs.ts";
import { definition as security } from "./security.ts";
import { definition as services } from "./services.ts";
import { definition as softwareApk } from "./software.apk.ts";
import { definition as softwareAppimage } from "./software.appimage.ts";
import { definition as softwareAppx } from "./software.appx.ts";
import { definition as softwareBrew } from "./software.brew.ts";
import { definition as softwareCargo } from "./software.cargo.ts";
import { definition as softwareDeb } from "./software.deb.ts";
import { definition as softwareFirmware } from "./software.firmware.ts";
import { definition as softwareFlatpak } from "./software.flatpak.ts";
import { definition as softwareGem } from "./software.gem.ts";
import { definition as softwareImages } from "./software.images.ts";
import { definition as softwareMacos } from "./software.macos.ts";
import { definition as softwareNpm } from "./software.npm.ts";
import { definition as softwareOpkg } from "./software.opkg.ts";
import { definition as softwarePacman } from "./software.pacman.ts";
import { definition as softwarePip } from "./software.pip.ts";
import { definition as softwareRpm } from "./software.rpm.ts";
import { definition as softwareSnap } from "./software.snap.ts";
import { definition as softwareWindows } from "./software.windows.ts";
import { definition as storage } from "./storage.ts";
import { definition as system } from "./system.ts";
import { definition as usbDevices } from "./usb-devices.ts";
import { definition as virtualMachines } from "./virtual-machines.ts";
import { definition as volumes } from "./volumes.ts";
import { definition as vpn } from "./vpn.ts";
import { definition as wifi } from "./wifi.ts";

export const definitions = [
  accounts,
  audio,
  batteries,
  cameras,
  containers,
  diagnostics,
  diskHealth,
  displays,
  dns,
  firmware,
  graphics,
  identifiers,
  installation,
  kernelModules,
  listeningPorts,
  location,
  logins,
  memory,
  modems,
  nearbyAccessPoints,
  nearbyBluetooth,
  nearbyMdns,
  nearbyNeighbours,
  network,
  operatingSystem,
  pciDevices,
  pendingUpdates,
  personalSoftwareAppimage,
  personalSoftwareBrowserExtensions,
  personalSoftwareCargo,
  personalSoftwareEditorExtensions,
  personalSoftwareFlatpak,
  personalSoftwareGem,
  personalSoftwareNpm,
  personalSoftwarePip,
  printers,
  processor,
  proxies,
  routes,
  scheduledJobs,
  security,
  services,
  softwareApk,
  softwareAppimage,
  softwareAppx,
  softwareBrew,
  softwareCargo,
  softwareDeb,
  softwareFirmware,
  softwareFlatpak,
  softwareGem,
  softwareImages,
  softwareMacos,
  softwareNpm,
  softwareOpkg,
  softwarePacman,
  softwarePip,
  softwareRpm,
  softwareSnap,
  softwareWindows,
  storage,
  system,
  usbDevices,
  virtualMachines,
  volumes,
  vpn,
  wifi,
] as const;
