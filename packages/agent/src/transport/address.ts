/** Which servers an agent talks to: over a local socket, over TLS, and over loopback where that was allowed. */
import { AgentError } from "../agent-error.ts";

export type Address =
  | { readonly kind: "socket"; readonly path: string }
  /** `ca`, PEM: trusted alone; without it what this machine trusts. */
  | { readonly kind: "tls"; readonly origin: string; readonly ca?: string | undefined }
  | { readonly kind: "loopback"; readonly origin: string };

const loopbackHost = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/;

interface Terms {
  readonly insecureLoopback: boolean;
  /** What the enrolment string pins. */
  readonly ca?: string | undefined;
}

/** Reads a server's URL. It is the agent that refuses plain HTTP: on other machines always, on loopback unless allowed. */
export function readAddress(url: string, { insecureLoopback, ca }: Terms): Address {
  if (url.startsWith("unix:/")) return { kind: "socket", path: url.slice("unix:".length) };
  const parsed = URL.parse(url);
  const isTls = parsed?.protocol === "https:";
  if (!parsed || !(isTls || parsed.protocol === "http:"))
    throw refused(url, "is not the address of a server");
  if (!isTls && !loopbackHost.test(parsed.hostname))
    throw refused(url, "is refused: plain HTTP would show everything to the network");
  if (`${parsed.origin}/` !== parsed.href)
    throw refused(url, "is refused: it names more than a host and a port");
  if (isTls) return { kind: "tls", origin: parsed.origin, ca };
  if (!insecureLoopback)
    throw refused(url, "is refused: plain HTTP is taken on loopback only with --insecure-loopback");
  return { kind: "loopback", origin: parsed.origin };
}

const refused = (url: string, why: string) => new AgentError("failed", `${url} ${why}`);
