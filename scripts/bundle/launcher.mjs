#!/usr/bin/env node
// Starts the bundled agent on a Node that can run it. Plain JavaScript for Node >= 18.
import { isRecentEnough, tooOldMessage } from "../../packages/host/bin/launch.mjs";

if (isRecentEnough(process.versions.node)) {
  // Where the bundle has it; no file of the sources is there.
  const main = "../lib/main.js";
  await import(main);
} else {
  process.stderr.write(`${tooOldMessage()}\n`);
  process.exitCode = 1;
}
