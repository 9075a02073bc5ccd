#!/usr/bin/env node
// `exec COMMAND ARGS…` for the scripts of package.json. A POSIX shell has a word of its own for it and never gets
// here: the command takes the shell's place, so that signals to npm reach it and npm waits for its end. On Windows
// npm finds this instead.
import { spawn } from "node:child_process";

const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error("exec: there is no command");
const child = spawn(command === "node" ? process.execPath : command, args, { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGBREAK"]) {
  process.on(signal, () => {
    // The console has told the child too; this process only waits for it.
  });
}
child.on("close", (code) => {
  process.exitCode = code ?? 1;
});
