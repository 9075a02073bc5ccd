// Who sits at a machine or logs in to it is told that it is enrolled, by whom, and how to look; until it no longer is.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { peopleAtDesktops } from "../packages/agent/src/notices/desktop.ts";
import { TestServer } from "../packages/ingest/src/testing/test-server.ts";
import { agentHere } from "./agent-here.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const self = process.getuid?.() ?? 0;

/** A machine with one person at a desktop, and a notifier that writes down how it was called. */
function machine(t: Test, sessions: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-notices-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const places = {
    messages: join(folder, "motd.d"),
    sessions: join(folder, "sessions"),
    users: join(folder, "user"),
    notifier: join(folder, "notify-send"),
  };
  const told = join(folder, "told");
  mkdirSync(places.sessions);
  mkdirSync(join(places.users, String(self)), { recursive: true });
  writeFileSync(join(places.users, String(self), "bus"), "");
  for (const [name, text] of Object.entries(sessions)) writeFileSync(join(places.sessions, name), text);
  writeFileSync(places.notifier, `#!/bin/sh\nprintf '%s\\n' "$@" "$DBUS_SESSION_BUS_ADDRESS" > '${told}'\n`);
  chmodSync(places.notifier, 0o755);
  const state = join(folder, "state");
  const agent = (...args: string[]) => agentHere(state, args, { notices: places });
  return { places, told, state, agent, message: join(places.messages, "rollcall-agent") };
}

const desktop = { "1": `UID=${self}\nTYPE=wayland\nCLASS=user\nSTATE=active\n` };

async function enrolment(): Promise<string> {
  const { body } = await server.admin("POST", "/api/v1/enrolment-tokens", {
    local: true,
    ownership: "personal",
  });
  return String(Object(body).enrolment);
}

t.test("tells at enrolment who collects what and how to look, on the desktop and at log-in", async (t) => {
  const { agent, message, told, places } = machine(t, desktop);
  t.match(await agent("enrol", await enrolment(), "--grant", "hardware"), { code: 0, stderr: "" });
  const [first, second] = readFileSync(message, "utf8").split("\n");
  t.match(first, /^Rollcall: the organisation .* collects of this device: essential, hardware\.$/);
  t.match(second, "rollcall-agent show");
  t.equal(statSync(message).mode & 0o777, 0o644);
  t.equal(statSync(places.messages).mode & 0o777, 0o755);
  t.same(readFileSync(told, "utf8").trimEnd().split("\n"), [
    "--app-name=Rollcall",
    "--",
    "This device is enrolled",
    `${first} ${second}`,
    `unix:path=${join(places.users, String(self), "bus")}`,
  ]);
  rmSync(told);
  t.match(await agent("consent", "withdraw", "hardware"), { code: 0 });
  t.match(readFileSync(message, "utf8"), "collects of this device: essential.");
  t.notOk(existsSync(told), "once is enough for a desktop");
  t.match(await agent("unenrol"), { code: 0 });
  t.notOk(existsSync(message));
});

t.test("starts nothing where nobody sits at a desktop", async (t) => {
  const { agent, message, told } = machine(t, { "1": `UID=${self}\nTYPE=tty\nCLASS=user\n` });
  t.match(await agent("enrol", await enrolment()), { code: 0 });
  t.same([existsSync(told), existsSync(message)], [false, true]);
});

t.test("knows people at desktops from log-in screens, terminals and accounts without a bus", async (t) => {
  const { places } = machine(t, {
    ...desktop,
    "2": `UID=${self}\nTYPE=x11\nCLASS=user\n`,
    "3": "UID=4711\nTYPE=x11\nCLASS=user\n",
    c1: `UID=${self}\nTYPE=wayland\nCLASS=greeter\n`,
    "4": "UID=nobody\nTYPE=x11\n",
  });
  t.same(peopleAtDesktops(places), [self]);
  t.same(peopleAtDesktops({ ...places, sessions: "/nonexistent" }), []);
});

t.test("enrols all the same where no message can be left", async (t) => {
  const { agent, places } = machine(t, {});
  writeFileSync(places.messages, "a file in its place");
  t.match(await agent("enrol", await enrolment()), { code: 0, stderr: /login message is as it was/ });
});

t.test("tells the machine's people nothing of a state directory that is not the machine's", async (t) => {
  const { state, message, places } = machine(t, desktop);
  t.match(await agentHere(state, ["enrol", await enrolment()]), { code: 0 });
  t.notOk(existsSync(message) || existsSync(places.messages));
});
