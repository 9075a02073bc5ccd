// Every field that can be sent, written down by hand, and what every one of them has to say about itself.
import t from "tap";
import { z } from "zod";
import { catalogue } from "../catalogue.ts";
import { allSections } from "../registry.ts";
import { sourceOf } from "../search-values.ts";
import type { FieldAt, SectionDefinition } from "../section.ts";

/**
 * Kept by hand on purpose, never generated: who adds a field or makes a sensitive one plain has to come here and
 * consider it. May it be collected at all, for these purposes? Is it sensitive, the device's own, does it tell
 * where the device is? Is the schema's number the next one?
 */
const fieldsBySection = {
  "accounts, schema 1": {
    accounts: "list",
    "accounts[].name": "text, own",
    "accounts[].uid": "text, own",
    "accounts[].fullName": "text, sensitive, own",
    "accounts[].home": "text, own",
    "accounts[].shell": "text, own",
    "accounts[].system": "flag, own",
    "accounts[].administrator": "flag, own",
    "accounts[].password": "choice, own",
    "accounts[].passwordChangedAt": "instant, own",
    "accounts[].expiresAt": "instant, own",
    groups: "list",
    "groups[].name": "text, own",
    "groups[].gid": "text, own",
    "groups[].members": "texts, own",
  },
  "audio, schema 1": {
    cards: "list",
    "cards[].id": "text",
    "cards[].name": "text",
    "cards[].manufacturer": "text",
    "cards[].model": "text",
    "cards[].codecs": "texts",
    "cards[].driver": "text",
  },
  "batteries, schema 1": {
    batteries: "list",
    "batteries[].name": "text",
    "batteries[].manufacturer": "text",
    "batteries[].model": "text",
    "batteries[].serial": "text, sensitive, own",
    "batteries[].technology": "text",
    "batteries[].designMilliwattHours": "quantity",
    "batteries[].fullMilliwattHours": "quantity",
    "batteries[].designMilliampereHours": "quantity",
    "batteries[].fullMilliampereHours": "quantity",
    "batteries[].cycles": "quantity",
    "batteries[].wearPercent": "quantity",
    "batteries[].chargePercent": "reading",
  },
  "cameras, schema 1": {
    cameras: "list",
    "cameras[].port": "text",
    "cameras[].name": "text",
    "cameras[].manufacturer": "text",
    "cameras[].model": "text",
    "cameras[].id": "text",
  },
  "containers, schema 1": {
    containers: "list",
    "containers[].name": "text, own",
    "containers[].manager": "choice",
    "containers[].image": "text",
    "containers[].system": "text",
    "containers[].memory": "quantity",
    "containers[].cpus": "quantity",
    "containers[].autostart": "flag",
  },
  "diagnostics, schema 1": {
    failures: "list",
    "failures[].of": "text",
    "failures[].reason": "choice",
    "failures[].atLeast": "quantity, own",
    "failures[].lastDay": "instant, own",
    taints: "texts",
    kernelCrashes: "quantity",
    outOfMemory: "quantity",
    boots: "list",
    "boots[].startedAt": "instant, own",
    "boots[].endedAt": "instant, own",
    "boots[].ending": "choice, own",
  },
  "disk-health, schema 1": {
    disks: "list",
    "disks[].name": "text",
    "disks[].health": "choice",
    "disks[].wear": "quantity",
    "disks[].reallocatedSectors": "quantity",
    "disks[].pendingSectors": "quantity",
    "disks[].mediaErrors": "quantity",
    "disks[].powerOnHours": "reading",
    "disks[].temperature": "reading",
  },
  "displays, schema 1": {
    displays: "list",
    "displays[].connector": "text",
    "displays[].manufacturer": "text",
    "displays[].model": "text",
    "displays[].product": "text",
    "displays[].serial": "text, sensitive, own",
    "displays[].year": "quantity",
    "displays[].widthMillimetres": "quantity",
    "displays[].heightMillimetres": "quantity",
  },
  "dns, schema 1": {
    resolver: "choice",
    servers: "texts, own, locates: public-address",
    routerServers: "texts, sensitive, own, locates: always",
    domains: "texts, own, locates: public-address",
  },
  "firmware, schema 1": {
    vendor: "text",
    version: "text",
    release: "text",
    date: "text",
    controllerRelease: "text",
    mode: "choice",
    secureBoot: "flag",
    setupMode: "flag",
    tpm: "group",
    "tpm.version": "text",
    "tpm.manufacturer": "text",
    "tpm.firmware": "text",
  },
  "graphics, schema 1": {
    adapters: "list",
    "adapters[].slot": "text",
    "adapters[].manufacturer": "text",
    "adapters[].model": "text",
    "adapters[].id": "text",
    "adapters[].subsystem": "text",
    "adapters[].driver": "text",
    "adapters[].memory": "quantity",
  },
  "identifiers, schema 1": { machine: "text, sensitive" },
  "installation, schema 1": {
    applications: "list",
    "applications[].number": "text",
    "applications[].version": "text",
    "applications[].channel": "text",
    os: "group",
    "os.type": "text",
    "os.version": "text",
    agent: "group",
    "agent.version": "text",
  },
  "kernel-modules, schema 1": {
    modules: "list",
    "modules[].name": "text",
    "modules[].version": "text",
    "modules[].marks": "texts",
    signaturesRequired: "flag",
    loadingDisabled: "flag",
  },
  "listening-ports, schema 1": {
    ports: "list",
    "ports[].protocol": "choice",
    "ports[].address": "choice",
    "ports[].port": "quantity",
    "ports[].programs": "texts",
  },
  "location, schema 1": {
    cell: "text, sensitive, locates: cell",
    resolution: "quantity",
    accuracyMetres: "quantity",
    latitude: "coordinate, sensitive, locates: always",
    longitude: "coordinate, sensitive, locates: always",
    source: "choice",
    at: "instant",
  },
  "logins, schema 1": {
    now: "list",
    "now[].account": "text, own",
    "now[].kind": "choice, own",
    "now[].since": "instant, own",
    usual: "list",
    "usual[].account": "text, own",
    "usual[].days": "quantity, own",
    "usual[].lastDay": "instant, own",
  },
  "memory, schema 2": {
    total: "quantity",
    slots: "quantity",
    errorCorrection: "text",
    modules: "list",
    "modules[].slot": "text",
    "modules[].size": "quantity",
    "modules[].type": "text",
    "modules[].speed": "quantity",
    "modules[].manufacturer": "text",
    "modules[].partNumber": "text",
    "modules[].serial": "text, sensitive, own",
  },
  "modems, schema 1": {
    modems: "list",
    "modems[].port": "text",
    "modems[].manufacturer": "text",
    "modems[].model": "text",
    "modems[].id": "text",
    "modems[].drivers": "texts",
  },
  "nearby.access-points, schema 1": {
    accessPoints: "list, locates: always",
    "accessPoints[].bssid": "text, sensitive, own",
    "accessPoints[].ssid": "text, sensitive, own",
    "accessPoints[].channel": "quantity",
    "accessPoints[].signal": "choice",
    "accessPoints[].security": "texts",
  },
  "nearby.bluetooth, schema 1": {
    devices: "list, locates: always",
    "devices[].address": "text, sensitive, own",
    "devices[].name": "text, sensitive, own",
    "devices[].kind": "text",
    "devices[].paired": "flag",
  },
  "nearby.mdns, schema 1": {
    services: "list, locates: always",
    "services[].service": "text",
    "services[].name": "text, sensitive, own",
    "services[].address": "text, sensitive, own",
    "services[].host": "text, sensitive, own",
  },
  "nearby.neighbours, schema 1": {
    neighbours: "list, locates: always",
    "neighbours[].address": "text, sensitive, own",
    "neighbours[].interface": "text",
    "neighbours[].mac": "text, sensitive, own",
  },
  "network, schema 2": {
    interfaces: "list",
    "interfaces[].name": "text",
    "interfaces[].mac": "text, sensitive, own",
    "interfaces[].type": "text",
    "interfaces[].driver": "text",
    "interfaces[].speed": "quantity",
    "interfaces[].up": "flag",
    "interfaces[].duplex": "choice",
    "interfaces[].mtu": "quantity",
    "interfaces[].master": "text",
    "interfaces[].parent": "text",
    "interfaces[].vlan": "quantity",
    "interfaces[].addresses": "texts, sensitive, own, locates: public-address",
  },
  "operating-system, schema 2": {
    id: "text",
    name: "text",
    version: "text",
    build: "text",
    kernel: "text",
    architecture: "text",
    hostname: "text, own",
    installedAt: "instant, own",
    bootMode: "choice",
    timeZone: "text",
    edition: "text",
    locale: "text",
    domain: "group",
    "domain.name": "text",
    "domain.kind": "choice",
    "domain.through": "text",
    supportEnds: "instant",
    uptimeSeconds: "reading",
  },
  "pci-devices, schema 1": {
    devices: "list",
    "devices[].slot": "text",
    "devices[].class": "text",
    "devices[].manufacturer": "text",
    "devices[].model": "text",
    "devices[].id": "text",
    "devices[].subsystemManufacturer": "text",
    "devices[].subsystem": "text",
    "devices[].subsystemId": "text",
    "devices[].revision": "text",
    "devices[].driver": "text",
  },
  "pending-updates, schema 1": {
    count: "quantity",
    securityCount: "quantity",
    heldCount: "quantity",
    checkedAt: "instant, own",
    packages: "list",
    "packages[].name": "text",
    "packages[].architecture": "text",
    "packages[].installed": "text",
    "packages[].available": "text",
    "packages[].security": "flag",
    reboot: "choice",
    rebootFor: "texts",
    prepared: "flag",
    automatic: "list",
    "automatic[].tool": "text",
    "automatic[].mode": "choice",
  },
  "personal-software.appimage, schema 1": {
    packages: "list",
    "packages[].file": "text",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
  },
  "personal-software.browser-extensions, schema 1": {
    extensions: "list",
    "extensions[].browser": "choice",
    "extensions[].id": "text",
    "extensions[].name": "text",
    "extensions[].version": "text",
    "extensions[].enabled": "flag, own",
  },
  "personal-software.cargo, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].purl": "text",
  },
  "personal-software.editor-extensions, schema 1": {
    extensions: "list",
    "extensions[].editor": "text",
    "extensions[].folder": "text",
    "extensions[].id": "text",
    "extensions[].version": "text",
  },
  "personal-software.flatpak, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].branch": "text",
    "packages[].kind": "choice",
    "packages[].repository": "text",
  },
  "personal-software.gem, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].purl": "text",
  },
  "personal-software.npm, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].purl": "text",
  },
  "personal-software.pip, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].purl": "text",
  },
  "printers, schema 1": {
    printers: "list",
    "printers[].name": "text, own",
    "printers[].manufacturer": "text",
    "printers[].model": "text",
    "printers[].connection": "choice",
    "printers[].serial": "text, sensitive, own",
    "printers[].default": "flag",
    "printers[].shared": "flag",
  },
  "processor, schema 2": {
    processors: "list",
    "processors[].socket": "text",
    "processors[].manufacturer": "text",
    "processors[].model": "text",
    "processors[].cores": "quantity",
    "processors[].threads": "quantity",
    "processors[].microcode": "text",
    "processors[].maximumMegahertz": "quantity",
    cores: "quantity",
    threads: "quantity",
    architecture: "text",
    level: "text",
    flags: "texts",
    vulnerableTo: "texts",
    vulnerabilities: "list",
    "vulnerabilities[].name": "text",
    "vulnerabilities[].state": "choice",
    "vulnerabilities[].text": "text",
  },
  "proxies, schema 1": {
    proxies: "list",
    "proxies[].source": "choice",
    "proxies[].scheme": "choice",
    "proxies[].address": "text, own",
  },
  "routes, schema 1": {
    gateways: "list",
    "gateways[].family": "choice",
    "gateways[].interface": "text",
    "gateways[].metric": "quantity",
    "gateways[].address": "text, sensitive, own, locates: always",
    routes: "list",
    "routes[].destination": "text",
    "routes[].interface": "text",
    "routes[].metric": "quantity",
    "routes[].gateway": "text, sensitive, own, locates: always",
  },
  "scheduled-jobs, schema 1": {
    jobs: "list, own",
    "jobs[].source": "choice",
    "jobs[].name": "text",
    "jobs[].schedule": "text",
    "jobs[].jobs": "quantity",
    "jobs[].account": "text",
    "jobs[].enabled": "flag",
  },
  "security, schema 1": {
    firewalls: "list",
    "firewalls[].name": "choice",
    "firewalls[].enabled": "flag",
    "firewalls[].incoming": "text",
    firewall: "choice",
    selinux: "group",
    "selinux.state": "choice",
    "selinux.configured": "choice",
    "selinux.policy": "text",
    apparmor: "group",
    "apparmor.state": "choice",
    "apparmor.enforced": "quantity",
    "apparmor.complaining": "quantity",
    lockdown: "choice",
    addressRandomisation: "choice",
    fips: "flag",
    rootEncrypted: "flag",
    antivirus: "list",
    "antivirus[].name": "text",
    "antivirus[].definitionsAt": "instant, own",
    screenLocks: "list",
    "screenLocks[].desktop": "text",
    "screenLocks[].enabled": "flag",
    "screenLocks[].afterSeconds": "quantity",
    "screenLocks[].mandatory": "flag",
    ssh: "group",
    "ssh.permitRootLogin": "text",
    "ssh.passwordAuthentication": "choice",
    "ssh.publicKeyAuthentication": "choice",
    "ssh.permitEmptyPasswords": "choice",
    sshHostKeys: "list",
    "sshHostKeys[].fingerprint": "text, own",
    "sshHostKeys[].type": "text",
    "sshHostKeys[].bits": "quantity",
  },
  "services, schema 1": {
    manager: "choice",
    services: "list",
    "services[].name": "text",
    "services[].description": "text",
    "services[].start": "choice",
    "services[].state": "choice, own",
  },
  "software.apk, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].source": "text",
    "packages[].vendor": "text",
    "packages[].repository": "text",
    "packages[].installedSize": "quantity",
    "packages[].automatic": "flag, own",
    "packages[].purl": "text",
  },
  "software.appimage, schema 1": {
    packages: "list",
    "packages[].file": "text",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].installedAt": "instant, own",
    "packages[].installedSize": "quantity",
  },
  "software.appx, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].vendor": "text",
    "packages[].framework": "flag",
  },
  "software.brew, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].kind": "choice",
    "packages[].architecture": "text",
    "packages[].repository": "text",
    "packages[].installedAt": "instant, own",
    "packages[].automatic": "flag, own",
  },
  "software.cargo, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].repository": "text",
    "packages[].purl": "text",
  },
  "software.deb, schema 2": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].source": "text",
    "packages[].vendor": "text",
    "packages[].installedAt": "instant, own",
    "packages[].installedSize": "quantity",
    "packages[].automatic": "flag, own",
    "packages[].purl": "text",
  },
  "software.firmware, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].previous": "text",
    "packages[].plugin": "text",
    "packages[].installedAt": "instant, own",
  },
  "software.flatpak, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].branch": "text",
    "packages[].kind": "choice",
    "packages[].repository": "text",
    "packages[].installedAt": "instant, own",
    "packages[].installedSize": "quantity",
  },
  "software.gem, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].purl": "text",
  },
  "software.images, schema 1": {
    packages: "list",
    "packages[].engine": "choice",
    "packages[].reference": "text",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].digest": "text",
    "packages[].builtAt": "instant",
    "packages[].purl": "text",
  },
  "software.macos, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].identifier": "text",
    "packages[].version": "text",
    "packages[].build": "text",
    "packages[].vendor": "text",
    "packages[].repository": "text",
    "packages[].installedAt": "instant, own",
  },
  "software.npm, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].vendor": "text",
    "packages[].purl": "text",
  },
  "software.opkg, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].source": "text",
    "packages[].vendor": "text",
    "packages[].installedAt": "instant, own",
    "packages[].installedSize": "quantity",
    "packages[].automatic": "flag, own",
  },
  "software.pacman, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].source": "text",
    "packages[].vendor": "text",
    "packages[].repository": "text",
    "packages[].installedAt": "instant, own",
    "packages[].installedSize": "quantity",
    "packages[].automatic": "flag, own",
    "packages[].purl": "text",
  },
  "software.pip, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].vendor": "text",
    "packages[].installer": "text",
    "packages[].automatic": "flag, own",
    "packages[].purl": "text",
  },
  "software.rpm, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].architecture": "text",
    "packages[].source": "text",
    "packages[].vendor": "text",
    "packages[].repository": "text",
    "packages[].installedAt": "instant, own",
    "packages[].installedSize": "quantity",
    "packages[].automatic": "flag, own",
    "packages[].purl": "text",
  },
  "software.snap, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].version": "text",
    "packages[].revision": "text",
    "packages[].kind": "text",
    "packages[].confinement": "text",
    "packages[].architecture": "text",
    "packages[].installedAt": "instant, own",
    "packages[].installedSize": "quantity",
  },
  "software.windows, schema 1": {
    packages: "list",
    "packages[].name": "text",
    "packages[].kind": "choice",
    "packages[].version": "text",
    "packages[].vendor": "text",
    "packages[].installedAt": "instant, own",
    "packages[].installedSize": "quantity",
  },
  "storage, schema 2": {
    disks: "list",
    "disks[].name": "text",
    "disks[].manufacturer": "text",
    "disks[].model": "text",
    "disks[].serial": "text, sensitive, own",
    "disks[].size": "quantity",
    "disks[].bus": "text",
    "disks[].rotational": "flag",
    "disks[].firmware": "text",
    partitions: "list",
    "partitions[].name": "text",
    "partitions[].disk": "text",
    "partitions[].size": "quantity",
    "partitions[].type": "text",
    "partitions[].label": "text, own",
    filesystems: "list",
    "filesystems[].mount": "text, own",
    "filesystems[].type": "text",
    "filesystems[].device": "text, own",
    "filesystems[].size": "quantity",
    "filesystems[].encrypted": "flag",
    "filesystems[].encryption": "text",
    "filesystems[].free": "reading",
    swaps: "list",
    "swaps[].name": "text, own",
    "swaps[].type": "choice",
    "swaps[].size": "quantity",
    "swaps[].encrypted": "flag",
    "swaps[].used": "reading",
  },
  "system, schema 2": {
    manufacturer: "text",
    model: "text",
    sku: "text",
    family: "text",
    serial: "text, sensitive, own",
    uuid: "text, sensitive, own",
    board: "group",
    "board.manufacturer": "text",
    "board.model": "text",
    "board.serial": "text, sensitive, own",
    chassis: "group",
    "chassis.type": "text",
    "chassis.serial": "text, sensitive, own",
    "chassis.assetTag": "text, own",
    virtualization: "text",
    cloud: "group",
    "cloud.provider": "text",
    "cloud.instance": "text, sensitive, own",
  },
  "usb-devices, schema 1": {
    devices: "list",
    "devices[].port": "text",
    "devices[].classes": "texts",
    "devices[].manufacturer": "text",
    "devices[].model": "text",
    "devices[].id": "text",
    "devices[].serial": "text, sensitive, own",
    "devices[].speed": "quantity",
    "devices[].drivers": "texts",
  },
  "virtual-machines, schema 1": {
    machines: "list",
    "machines[].name": "text, own",
    "machines[].manager": "choice",
    "machines[].type": "text",
    "machines[].uuid": "text, sensitive, own",
    "machines[].system": "text",
    "machines[].memory": "quantity",
    "machines[].cpus": "quantity",
    "machines[].autostart": "flag",
  },
  "volumes, schema 1": {
    arrays: "list",
    "arrays[].name": "text",
    "arrays[].level": "text",
    "arrays[].state": "choice",
    "arrays[].size": "quantity",
    "arrays[].degraded": "quantity",
    "arrays[].rebuilding": "flag",
    "arrays[].members": "texts, own",
    "arrays[].failed": "texts, own",
    "arrays[].spares": "texts, own",
    controllers: "list",
    "controllers[].slot": "text",
    "controllers[].manufacturer": "text",
    "controllers[].model": "text",
    "controllers[].firmware": "text",
    "controllers[].driver": "text",
    volumeGroups: "list",
    "volumeGroups[].name": "text, own",
    "volumeGroups[].size": "quantity",
    "volumeGroups[].free": "quantity",
    physicalVolumes: "list",
    "physicalVolumes[].device": "text, own",
    "physicalVolumes[].group": "text, own",
    "physicalVolumes[].size": "quantity",
    logicalVolumes: "list",
    "logicalVolumes[].group": "text, own",
    "logicalVolumes[].name": "text, own",
    "logicalVolumes[].type": "text",
    "logicalVolumes[].size": "quantity",
    pools: "list",
    "pools[].type": "text",
    "pools[].name": "text, own",
    "pools[].state": "text",
    "pools[].level": "text",
    "pools[].degraded": "quantity",
    "pools[].members": "texts, own",
  },
  "vpn, schema 1": {
    networks: "list",
    "networks[].kind": "choice",
    "networks[].name": "text, own",
    "networks[].configured": "flag",
    "networks[].up": "flag, own",
  },
  "wifi, schema 1": {
    interface: "text, locates: always",
    ssid: "text, sensitive, own, locates: always",
    bssid: "text, sensitive, own, locates: always",
    frequency: "quantity, locates: always",
    channel: "quantity, locates: always",
    security: "texts, locates: always",
    signal: "reading, locates: always",
  },
} as const;

/** Not declared: `defineSection` gives it to every section. */
const ofEverySection = { truncated: "flag" } as const;

function inWords({ field: { kind, facts } }: FieldAt): string {
  const { sensitivity, own, locates } = facts;
  const marks = [sensitivity === "sensitive" && "sensitive", own && "own", locates && `locates: ${locates}`];
  return [kind, ...marks.filter(Boolean)].join(", ");
}

t.test("has exactly the fields that were considered", async (t) => {
  const declared = allSections.map(({ name, schema, flat }) => [
    `${name}, schema ${schema}`,
    Object.fromEntries(flat.map((at) => [at.path, inWords(at)])),
  ]);
  const considered = Object.entries(fieldsBySection).map(([section, fields]) => [
    section,
    { ...fields, ...ofEverySection },
  ]);
  t.strictSame(declared, considered);
});

function eachField(check: (section: SectionDefinition, at: FieldAt) => boolean): string[] {
  return allSections.flatMap((section) =>
    section.flat.filter((at) => !check(section, at)).map(({ path }) => `${section.name}: ${path}`),
  );
}

t.test("says of every field what a person has to know", async (t) => {
  const incomplete = catalogue.sections.flatMap(({ name, fields }) =>
    fields
      .filter(
        ({ is, purposes, retentionDays, sensitivity, bound }) =>
          !/^[A-Z].*[.]$/.test(is) ||
          is.includes("|") ||
          purposes.length === 0 ||
          !Number.isInteger(retentionDays) ||
          retentionDays <= 0 ||
          !["plain", "sensitive"].includes(sensitivity) ||
          bound === "",
      )
      .map(({ path }) => `${name}: ${path}`),
  );
  t.strictSame(incomplete, []);
  t.strictSame(
    catalogue.sections.map(({ name, fields }) => [name, fields.map(({ path }) => path)]),
    allSections.map(({ name, flat }) => [name, flat.map(({ path }) => path)]),
  );
});

t.test("says in which unit every quantity and reading is, and of nothing else", async (t) => {
  const wrong = eachField(
    (_, { field: { kind, facts } }) => "unit" in facts === (kind === "quantity" || kind === "reading"),
  );
  t.strictSame(wrong, []);
});

/** Software of another system. */
const elsewhere = /^software\.(?:macos|windows|appx)$/;

t.test("says where every section comes from, and of all but other systems' software on Linux", async (t) => {
  const silent = allSections.filter(({ name, sources }) => {
    const told = elsewhere.test(name) ? Object.values(sources) : [sources.linux];
    return !told.some((paths) => paths !== undefined && paths.length > 0);
  });
  t.strictSame(
    silent.map(({ name }) => name),
    [],
  );
});

t.test("has one definition for each name, titled for a person", async (t) => {
  const names = allSections.map(({ name }) => name);
  t.strictSame([...new Set(names)], names);
  t.strictSame(
    allSections.filter(({ title }) => !/^[A-Z]|^macOS/.test(title)).map(({ name }) => name),
    [],
  );
});

t.test("requires every natural key in the schema, not only in words", async (t) => {
  const lists = allSections.flatMap(({ name, flat }) =>
    flat.flatMap(({ path, field }) => (field.kind === "list" ? [{ at: `${name}: ${path}`, field }] : [])),
  );
  t.ok(lists.length > 0);
  for (const { at, field } of lists) {
    const { items } = z
      .object({ items: z.object({ required: z.array(z.string()) }) })
      .parse(z.toJSONSchema(field.schema));
    t.strictSame(
      field.key.filter((part) => !items.required.includes(part)),
      [],
      at,
    );
  }
});

t.test("can be searched by names that a query can hold, each title with its version beside it", async (t) => {
  const wrong = eachField((section, { names, field: { kind, facts } }) => {
    const { search } = facts;
    if (!search) return true;
    if (!/^[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)*$/.test(search.field)) return false;
    if (search.order !== undefined && search.as !== "version") return false;
    if (search.as === "number") return kind === "quantity";
    if (search.as === "term" || search.as === "key")
      return ["text", "texts", "choice", "flag"].includes(kind);
    const beside = section.flat
      .filter(
        (other) =>
          other.names.slice(0, -1).join() === names.slice(0, -1).join() &&
          other.field.facts.search?.field === search.field,
      )
      .map((other) => other.field.facts.search?.as)
      .sort();
    return kind === "text" && beside.join() === "title,version" && sourceOf(section) !== section.name;
  });
  t.strictSame(wrong, []);
});

/** Places in a JSON schema where a value has no bound. */
function unbounded(schema: unknown, at: string): string[] {
  const node = jsonSchema.parse(schema);
  switch (node.type) {
    case "string":
      return node.maxLength !== undefined || node.enum !== undefined ? [] : [at];
    case "integer":
    case "number":
      return node.minimum !== undefined && node.maximum !== undefined ? [] : [at];
    case "boolean":
      return [];
    case "array":
      return [...(node.maxItems === undefined ? [at] : []), ...unbounded(node.items, `${at}[]`)];
    case "object": {
      const members = Object.entries(node.properties ?? {}).flatMap(([name, member]) =>
        unbounded(member, `${at}.${name}`),
      );
      return [...(node.additionalProperties === false ? [] : [at]), ...members];
    }
    default:
      return [`${at}: ${node.type}`];
  }
}

const jsonSchema = z.looseObject({
  type: z.string().optional(),
  maxLength: z.number().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxItems: z.number().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});

t.test("bounds every string, number, array and object of every document", async (t) => {
  const places = allSections.flatMap(({ name, document }) => unbounded(z.toJSONSchema(document), name));
  t.strictSame(places, []);
});

t.test("finds what has no bound", async (t) => {
  const open = z.object({
    text: z.string(),
    many: z.array(z.strictObject({ size: z.int().min(0).max(5), half: z.number().max(5) })),
    any: z.record(z.string().max(5), z.string().max(5)),
    all: z.unknown(),
  });
  t.strictSame(unbounded(z.toJSONSchema(open), "open"), [
    "open.text",
    "open.many",
    "open.many[].half",
    "open.any",
    "open.all: undefined",
  ]);
});
