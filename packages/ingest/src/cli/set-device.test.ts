/** `rollcall device set`, as people type it. */
import t from "tap";
import { runHere } from "../testing/command.ts";
import { told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const rollcall = (...args: string[]) => runHere([...args, "--data", server.directory]);
const { device } = await told(server, { hostname: "ada" });

t.test("says where a device stands, and takes that back", async (t) => {
  t.match(await rollcall("device", "set", "ada", "location=-33.8688,151.2093"), {
    code: 0,
    stdout: `${device} stands at -33.8688,151.2093.\n`,
    stderr: "",
  });
  t.match((await rollcall("device", "ada")).stdout, /location:\n {2}source: fixed\n/);
  const cleared = await rollcall("device", "set", "ada", "location=", "--json");
  t.same(JSON.parse(cleared.stdout), { id: device, location: null });
});

t.test("says what it cannot set", async (t) => {
  for (const wrong of ["location", "location=48", "location=91,0", "location=48,181"])
    t.match(await rollcall("device", "set", "ada", wrong), { code: 2 }, wrong);
  t.match(await rollcall("device", "set", "ada", "location=1,2", "name=x"), { code: 2 });
  t.match(await rollcall("device", "set", "ada"), { code: 2 });
  t.match(await rollcall("device", "set", "ada", "owner=x"), { code: 1, stderr: /not yet/ });
  t.match(await rollcall("device", "set", "nobody", "location=1,2"), {
    code: 1,
    stderr: /no device is named nobody/,
  });
});
