// The launcher, with real processes: what people start on an old Node runs on the one that npm installed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import t, { type Test } from "tap";
import { installedNode, isRecentEnough } from "../bin/launch.mjs";

const launcher = new URL("../bin/launch.mjs", import.meta.url).href;

/** Says it runs on Node 20 unless it was started by itself: then it runs on the real one. */
const program = `
  import { launch } from ${JSON.stringify(launcher)};
  const version = process.env.STARTED_BY_ITSELF ? process.versions.node : "20.20.2";
  process.env.STARTED_BY_ITSELF = "yes";
  await launch(import.meta.url, async () => {
    if (process.argv[2] === "wait") {
      setInterval(() => {}, 1000);
      process.on("SIGTERM", () => process.exit(7));
    }
    if (process.argv[2] === "abort") process.kill(process.pid, "SIGKILL");
    process.stdout.write(process.execPath + " " + process.argv.slice(2).join(" ") + "\\n");
    if (process.argv[2] === "fail") process.exitCode = 3;
  }, version);
`;

function start(t: Test, ...args: string[]) {
  const folder = t.testdir({ "program.mjs": program });
  const child = spawn(process.execPath, [`${folder}/program.mjs`, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.setEncoding("utf8");
  return child;
}

t.test("knows which Node is recent enough", async (t) => {
  const versions = ["18.0.0", "20.20.2", "24.5.9", "24.6.0", "24.21.0", "25.0.0", "26.1.0"];
  t.same(versions.filter(isRecentEnough), ["24.6.0", "24.21.0", "25.0.0", "26.1.0"]);
});

const noneInstalled = installedNode() === undefined && "npm installs no Node on this system";

t.test("hands over arguments, output and exit code", { skip: noneInstalled }, async (t) => {
  const child = start(t, "fail", "twice");
  const [[said], ended] = await Promise.all([once(child.stdout, "data"), once(child, "close")]);
  t.same([said, ended], [`${installedNode()} fail twice\n`, [3, null]]);
});

t.test("passes signals on and waits for the answer", { skip: noneInstalled }, async (t) => {
  const child = start(t, "wait");
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  t.same(await once(child, "close"), [7, null]);
});

t.test("ends by the signal that ended the program", { skip: noneInstalled }, async (t) => {
  t.same(await once(start(t, "abort"), "close"), [null, "SIGKILL"]);
});
