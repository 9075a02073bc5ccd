// Finds a Node recent enough for Rollcall and starts a program on it. Plain JavaScript for Node >= 18,
// because it has to run, and explain itself, on the Node that is too old for everything else.
import { existsSync } from "node:fs";
// Not by name: an older Node has no `enableCompileCache` to import, and has to get further than here.
import * as module from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The first version whose zstd takes dictionaries. */
const oldestNode = { major: 24, minor: 6 };

/** Passed on to the program; a signal that Node cannot catch is not in the list. */
const forwardedSignals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * @param {string} version such as `process.versions.node`
 * @returns {boolean}
 */
export function isRecentEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor);
}

/**
 * The Node that npm installed beside us. There is none on macOS, on other processors, or when npm was
 * told to leave optional dependencies out.
 *
 * @returns {string | undefined} absolute path of the binary
 */
export function installedNode() {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  try {
    const manifest = module.createRequire(import.meta.url).resolve(`${name}/package.json`);
    return path.join(path.dirname(manifest), "bin", process.platform === "win32" ? "node.exe" : "node");
  } catch {
    return undefined;
  }
}

/** What to tell a person whose Node is too old where we bring none. */
export function tooOldMessage() {
  const { major, minor } = oldestNode;
  return `Rollcall needs Node ${major}.${minor} or newer here; this is ${process.versions.node}. Install it from nodejs.org and try again.`;
}

/**
 * Runs `program` when this Node is recent enough, else the same script on the Node that npm installed,
 * with the same arguments, terminal, signals and exit code.
 *
 * @param {string} scriptUrl `import.meta.url` of the script that calls
 * @param {() => Promise<unknown>} program
 * @param {string} [version] of the Node at hand; tests pass an old one
 */
export async function launch(scriptUrl, program, version = process.versions.node) {
  if (isRecentEnough(version)) {
    keepCompiled();
    await program();
    return;
  }
  const node = installedNode();
  if (node === undefined) {
    process.stderr.write(`${tooOldMessage()}\n`);
    process.exitCode = 1;
    return;
  }
  await runInstead(node, [...process.execArgv, fileURLToPath(scriptUrl), ...process.argv.slice(2)]);
}

/**
 * Keeps what Node makes of the sources, which halves the time of a start. Beside the packages, where only who may
 * change the program may write; never in a temporary folder that others share.
 */
function keepCompiled() {
  const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
  if (!existsSync(modules)) return;
  const folder = path.join(modules, ".cache", "rollcall");
  module.enableCompileCache(folder);
  // For the threads that this process begins.
  process.env.NODE_COMPILE_CACHE ??= folder;
}

/**
 * Lets this process stand for another one until that ends.
 *
 * @param {string} file
 * @param {string[]} args
 */
async function runInstead(file, args) {
  const { spawn } = await import("node:child_process");
  const child = spawn(file, args, { stdio: "inherit" });
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => child.kill(signal);
  for (const signal of forwardedSignals) process.on(signal, forward);
  child.on("error", (error) => {
    process.stderr.write(`${file} could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    for (const each of forwardedSignals) process.off(each, forward);
    // Whoever waits for us must see how the program ended, not merely that it did.
    if (signal === null) process.exitCode = code ?? 1;
    else process.kill(process.pid, signal);
  });
}
