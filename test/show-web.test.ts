// The page that a person makes of their own device: whole in itself, nothing in it but text, and theirs alone.
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { TestServer } from "../packages/ingest/src/testing/test-server.ts";
import { agentHere } from "./agent-here.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const hostile = `<script>alert("1")</script>'&`;
const shownHostile = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;";

function places(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-web-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, "root");
  mkdirSync(join(root, "etc"), { recursive: true });
  writeFileSync(join(root, "etc/os-release"), `ID=debian\nNAME='${hostile.replaceAll("'", `'"'"'`)}'\n`);
  return { folder, root, state: join(folder, "state"), file: join(folder, "page.html") };
}

/** Nothing that a browser would fetch or run, and a policy that forbids it. */
function demandSelfContained(t: Test, page: string): void {
  t.notMatch(page, /<script|<link|<img|<iframe|<form|\son\w+=|\s(?:src|href|srcset|action)=|@import|url\(/i);
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  const digest = createHash("sha256").update(style).digest("base64");
  t.match(page, `style-src &#39;sha256-${digest}&#39;`);
  t.match(page, "default-src &#39;none&#39;");
  t.match(page, "color-scheme: light dark");
}

t.test("shows before enrolment what would be sent", async (t) => {
  const { root, state, file } = places(t);
  t.match(await agentHere(state, ["show", "--web", file, "--path-rootfs", root]), { code: 0 });
  const page = readFileSync(file, "utf8");
  demandSelfContained(t, page);
  t.match(page, "not enrolled");
  t.match(page, shownHostile);
  t.notMatch(page, hostile);
  t.equal(statSync(file).mode & 0o777, 0o600);
});

t.test("shows what is sent and was, consent and its history, who looked, and what was done", async (t) => {
  const { root, state, file } = places(t);
  const { body } = await server.admin("POST", "/api/v1/enrolment-tokens", {
    local: true,
    ownership: "personal",
  });
  const agent = (...args: string[]) => agentHere(state, [...args, "--path-rootfs", root]);
  t.match(await agent("enrol", String(Object(body).enrolment), "--grant", "system,location=city"), {
    code: 0,
  });
  t.match(await agent("check-in"), { code: 0 });
  const { deviceId } = JSON.parse((await agent("status", "--json")).stdout);
  await server.admin("GET", `/api/v1/devices/${deviceId}`);
  t.match(await agent("show", "--web", file), { code: 0, stdout: new RegExp(file) });
  const page = readFileSync(file, "utf8");
  demandSelfContained(t, page);
  t.match(page, "location (city)");
  t.match(page, "rollcall-agent consent withdraw LIST");
  t.match(page, /operating-system · ok · acknowledged \S+, check-in 1, signed \S{43,}/);
  t.equal(page.split(shownHostile).length, 3, "once as it is and once as it was sent");
  t.match(page, /<h2>Who looked<\/h2><table>(.|\n)*<td>record<\/td>/);
  t.match(page, "<td>enrol</td><td>enrolled</td>");
});

t.test("writes over nothing, follows no link, and puts nothing where everybody can", async (t) => {
  const { folder, root, state, file } = places(t);
  const show = (where: string) => agentHere(state, ["show", "memory", "--web", where, "--path-rootfs", root]);
  writeFileSync(file, "mine");
  const target = join(folder, "target");
  symlinkSync(target, join(folder, "link"));
  const open = join(folder, "open");
  mkdirSync(open);
  chmodSync(open, 0o777);
  t.match(await show(file), { code: 1, stderr: /EEXIST/ });
  t.match(await show(join(folder, "link")), { code: 1 });
  t.match(await show(join(open, "page.html")), { code: 1, stderr: /written by others/ });
  t.equal(readFileSync(file, "utf8"), "mine");
  t.same([target, join(open, "page.html")].map(existsSync), [false, false]);
});
