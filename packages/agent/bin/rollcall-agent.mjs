#!/usr/bin/env node
// Starts the agent's command line on a Node that can run it.
import { launch } from "@rollcall/host/launch";

await launch(import.meta.url, () => import("../src/cli/main.ts"));
