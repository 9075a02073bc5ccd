// What the agent is measured against where no other agent is installed: systeminformation's functions for the facts
// of the agent's sections, one after the other, and the packages by their package manager. Plain JavaScript, so that
// nothing but Node and systeminformation is in it.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import si from "systeminformation";

/** @param {string} program @param {string[]} args */
async function linesOf(program, args) {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 26 }).catch((error) => {
    if (error.code === "ENOENT") return { stdout: "" };
    throw error;
  });
  return stdout.split("\n");
}

const facts = {
  system: await si.system(),
  bios: await si.bios(),
  cpu: await si.cpu(),
  mem: await si.mem(),
  memLayout: await si.memLayout(),
  diskLayout: await si.diskLayout(),
  fsSize: await si.fsSize(),
  osInfo: await si.osInfo(),
  networkInterfaces: await si.networkInterfaces(),
  packages: await linesOf("dpkg-query", ["-W"]),
};
process.stdout.write(`${JSON.stringify(facts)}\n`);
