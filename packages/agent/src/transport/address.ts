/** Which servers an agent talks to: over a local socket, and over loopback where that was allowed. */
import { AgentError } from "../agent-error.ts";

export type Address =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "loopback"; readonly origin: string };

const loopbackHost = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/;

/** Reads a server's URL. It is the agent that refuses plain HTTP: on other machines always, on loopback unless allowed. */
export function readAddress(
  url: string,
  { insecureLoopback }: { readonly insecureLoopback: boolean },
): Address {
  if (url.startsWith("unix:/")) return { kind: "socket", path: url.slice("unix:".length) };
  const parsed = URL.parse(url);
  if (parsed?.protocol === "https:")
    throw new AgentError(
      "not-yet",
      `not yet: ${url} needs TLS; this agent talks to a server on its own machine`,
    );
  if (parsed?.protocol !== "http:") throw new AgentError("failed", `${url} is not the address of a server`);
  if (!loopbackHost.test(parsed.hostname))
    throw new AgentError("failed", `${url} is refused: plain HTTP would show everything to the network`);
  if (`${parsed.origin}/` !== parsed.href)
    throw new AgentError("failed", `${url} is refused: it names more than a host and a port`);
  if (!insecureLoopback)
    throw new AgentError(
      "failed",
      `${url} is refused: plain HTTP is taken on loopback only with --insecure-loopback`,
    );
  return { kind: "loopback", origin: parsed.origin };
}
