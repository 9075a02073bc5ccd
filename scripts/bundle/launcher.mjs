#!/usr/bin/env -S node --max-semi-space-size=1
// Starts the bundled agent on a Node that can run it. Plain JavaScript for Node >= 18. Young objects get 1 MB: most
// of what is made of the machine's files is soon garbage, and this is 15 MB less at the peak.
import { isRecentEnough, tooOldMessage } from "../../packages/host/bin/launch.mjs";

if (isRecentEnough(process.versions.node)) {
  // Where the bundle has it; no file of the sources is there.
  const main = "../lib/main.js";
  await import(main);
} else {
  process.stderr.write(`${tooOldMessage()}\n`);
  process.exitCode = 1;
}
