/** `npm run bundle`: makes `dist/agent`, the agent as it is deployed: plain JavaScript for any Node that can run it. */
import { join, relative } from "node:path";
import { bundleAgent } from "./bundle/bundle-agent.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, "dist/agent");
const { bytes, packages } = await bundleAgent(folder);
process.stdout.write(
  `${relative(root, folder)}: ${Math.round(bytes / 1_024)} KB of JavaScript, with ${packages.join(", ")} in it\n`,
);
