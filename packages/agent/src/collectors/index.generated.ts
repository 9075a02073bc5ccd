/** Every collector. Written by `npm run generate` from the folder's contents. */
import { collector as accounts } from "./accounts.ts";
import { collector as audio } from "./audio.ts";
import { collector as batteries } from "./batteries.ts";
import { collector as cameras } from "./cameras.ts";
import { collector as containers } from "./containers.ts";
import { collector as diagnostics } from "./diagnostics.ts";
import { collector as diskHealth } from "./disk-health.ts";
import { collector as displays } from "./displays.ts";
import { collector as dns } from "./dns.ts";
import { collector as firmware } from "./firmware.ts";
import { collector as graphics } from "./graphics.ts";
import { collector as identifiers } from "./identifiers.ts";
import { collector as installation } from "./installation.ts";
import { collector as kernelModules } from "./kernel-modules.ts";
import { collector as listeningPorts } from "./listening-ports.ts";
import { collector as location } from "./location.ts";
import { collector as logins } from "./logins.ts";
import { collector as memory } from "./memory.ts";
import { collector as modems } from "./modems.ts";
import { collector as nearbyAccessPoints } from "./nearby.access-points.ts";
import { collector as nearbyBluetooth } from "./nearby.bluetooth.ts";
import { collector as nearbyMdns } from "./nearby.mdns.ts";
import { collector as nearbyNeighbours } from "./nearby.neighbours.ts";
import { collector as network } from "./network.ts";
import { collector as operatingSystem } from "./operating-system.ts";
import { collector as pciDevices } from "./pci-devices.ts";
import { collector as pendingUpdates } from "./pending-updates.ts";
import { collector as personalSoftwareAppimage } from "./personal-software.appimage.ts";
import { collector as personalSoftwareBrowserExtensions } from "./personal-software.browser-extensions.ts";
import { collector as personalSoftwareCargo } from "./personal-software.cargo.ts";
import { collector as personalSoftwareEditorExtensions } from "./personal-software.editor-extensions.ts";
import { collector as personalSoftwareFlatpak } from "./personal-software.flatpak.ts";
import { collector as personalSoftwareGem } from "./personal-software.gem.ts";
import { collector as personalSoftwareNpm } from "./personal-software.npm.ts";
import { collector as personalSoftwarePip } from "./personal-software.pip.ts";
import { collector as printers } from "./printers.ts";
import { collector as processor } from "./processor.ts";
import { collector as proxies } from "./proxies.ts";
import { collector as routes } from "./routes.ts";
import { collector as scheduledJobs } from "./scheduled-jobs.ts";
import { collector as security } from "./security.ts";
import { collector as services } from "./services.ts";
import { collector as softwareApk } from "./software.apk.ts";
import { collector as softwareAppimage } from "./software.appimage.ts";
import { collector as softwareAppx } from "./software.appx.ts";
import { collector as softwareBrew } from "./software.brew.ts";
import { collector as softwareCargo } from "./software.cargo.ts";
import { collector as softwareDeb } from "./software.deb.ts";
import { collector as softwareFirmware } from "./software.firmware.ts";
import { collector as softwareFlatpak } from "./software.flatpak.ts";
import { collector as softwareGem } from "./software.gem.ts";
import { collector as softwareImages } from "./software.images.ts";
import { collector as softwareMacos } from "./software.macos.ts";
import { collector as softwareNpm } from "./software.npm.ts";
import { collector as softwareOpkg } from "./software.opkg.ts";
import { collector as softwarePacman } from "./software.pacman.ts";
import { collector as softwarePip } from "./software.pip.ts";
import { collector as softwareRpm } from "./software.rpm.ts";
import { collector as softwareSnap } from "./software.snap.ts";
import { collector as softwareWindows } from "./software.windows.ts";
import { collector as storage } from "./storage.ts";
import { collector as system } from "./system.ts";
import { collector as usbDevices } from "./usb-devices.ts";
import { collector as virtualMachines } from "./virtual-machines.ts";
import { collector as volumes } from "./volumes.ts";
import { collector as vpn } from "./vpn.ts";
import { collector as wifi } from "./wifi.ts";

export const collectors = [
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
