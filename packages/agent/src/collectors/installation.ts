/** Collector of section `installation`: what the agent knows of itself, and the kind of system it runs on. */
import { release as kernelRelease } from "node:os";
import { type AgentFacts, defineCollector, type Look, present } from "../collecting/collector.ts";
import { debianVersionSource, osReleaseSources, readOsRelease, readOsVersion } from "../linux/os-release.ts";

/** Reads no more than it needs: this section is sent by everybody. */
export const collector = defineCollector({
  section: "installation",
  platforms: {
    linux: {
      reads: [...osReleaseSources, debianVersionSource],
      collect: (look, facts) => installation(facts, readOsVersion(look, readOsRelease(look))),
    },
    darwin: { reads: [], collect: (look, facts) => installation(facts, ownVersion(look)) },
    win32: { reads: [], collect: (look, facts) => installation(facts, ownVersion(look)) },
  },
});

const ownVersion = (look: Look): string | undefined => (look.live ? kernelRelease() : undefined);

function installation({ applications, platform, agentVersion }: AgentFacts, version: string | undefined) {
  return {
    document: {
      applications: applications.map(({ number, version, channel }) => present({ number, version, channel })),
      os: present({ type: platform, version }),
      agent: { version: agentVersion },
    },
  };
}
