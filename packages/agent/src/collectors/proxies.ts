/** Collector of section `proxies`: what programs and package managers are told for the whole machine. */
import { defineCollector, type Look } from "../collecting/collector.ts";
import { type MachineProxy, parseAptConf, parseDnfConf, parseEnvironment } from "../linux/proxies.ts";

const environment = "/etc/environment";
const aptFolder = "/etc/apt/apt.conf.d";
const apt = "/etc/apt/apt.conf";
const dnf = ["/etc/dnf/dnf.conf", "/etc/yum.conf"] as const;
const mostFiles = 256;

export const collector = defineCollector({
  section: "proxies",
  platforms: {
    linux: {
      reads: [environment, apt, aptFolder, ...dnf],
      collect(look) {
        const text = (path: string) => look.text(path) ?? "";
        const proxies = [
          ...from("environment", parseEnvironment(text(environment))),
          ...from(
            "apt",
            aptFiles(look).flatMap((path) => parseAptConf(text(path))),
          ),
          ...from(
            "dnf",
            dnf.flatMap((path) => parseDnfConf(text(path))),
          ),
        ];
        return proxies.length > 0 ? { document: { proxies } } : { nothing: "none" };
      },
    },
  },
});

/** In the order in which apt reads them: what comes later counts. */
const aptFiles = (look: Look): string[] => [
  ...look
    .names(aptFolder)
    .filter((name) => /^[\w-]+(?:\.conf)?$/.test(name))
    .slice(0, mostFiles)
    .map((name) => `${aptFolder}/${name}`),
  apt,
];

const from = <S extends string>(source: S, proxies: readonly MachineProxy[]) =>
  proxies.map(({ scheme, address }) => ({ source, scheme, address }));
