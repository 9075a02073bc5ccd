/** `rollcall-agent location` in real processes: what a person says of the device's place, and what is told of it. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { FakeServer } from "../testing/fake-server.ts";

const program = join(import.meta.dirname, "../../bin/rollcall-agent.mjs");
const service = "https://geo.example/v1/geolocate";

async function enrolled(t: Test, ...flags: string[]) {
  const server = await FakeServer.start();
  t.teardown(() => server.stop());
  const state = join(server.folder, "state");
  const agent = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const all = [program, ...args, "--state", state];
      execFile(process.execPath, all, { env: { PATH: "" } }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  const json = async (...args: string[]) => JSON.parse((await agent(...args, "--json")).stdout);
  t.match(await agent("enrol", server.enrolmentString(), ...flags), { code: 0 });
  return {
    server,
    agent,
    json,
    files: () => readdirSync(state).filter((name) => name.startsWith("location")),
  };
}

t.test(
  "tells where the owner says that it is, as coarsely as is granted, until that is withdrawn",
  async (t) => {
    const { server, agent, json, files } = await enrolled(t, "--grant", "location=city");
    t.same(await json("location", "set", "-33.8688,151.2093"), {
      level: "city",
      fixed: { latitude: -33.8688, longitude: 151.2093 },
      service: null,
      privateNetwork: false,
    });
    const { sections } = await json("show", "location");
    t.match(sections.location, {
      status: "ok",
      granted: true,
      document: {
        cell: "85be0e37fffffff",
        resolution: 5,
        accuracyMetres: 9_855,
        source: "fixed",
        at: /:00:00.000Z$/,
      },
    });
    t.match(await agent("check-in"), { code: 0 });
    t.equal(server.sections.location?.[0], "ok");
    t.match(JSON.stringify(server.bodiesOf("PUT /v1/sections")), "85be0e37fffffff");
    t.notMatch(JSON.stringify(server.bodiesOf("PUT /v1/sections")), /-33\.8|latitude/);
    t.match(await agent("consent", "withdraw", "location"), { code: 0 });
    t.same(files(), []);
    t.match(await agent("check-in"), { code: 0 });
    t.equal(server.sections.location?.[0], "not-consented");
  },
);

t.test("takes back what it was told", async (t) => {
  const { json } = await enrolled(t, "--grant", "location=precise");
  await json("location", "set", "48.20820,16.37380");
  const { sections } = await json("show", "location");
  t.match(sections.location.document, {
    resolution: 11,
    latitude: 48.2081,
    longitude: 16.3741,
    source: "fixed",
  });
  t.match(await json("location", "clear"), { fixed: null });
  t.notMatch(await json("show", "location"), { sections: { location: { document: { source: "fixed" } } } });
});

t.test("agrees to a service by name, in the consent that the server signs for", async (t) => {
  const { server, agent, json } = await enrolled(t, "--grant", "location=city", "--geolocate", service);
  const recipients = () => server.grants.find(({ category }) => category === "location")?.recipients;
  t.same(recipients(), [service]);
  t.match(await json("location"), { service });
  t.match((await agent("location", "service", "off")).code, 0);
  await agent("check-in");
  t.equal(recipients(), undefined);
  t.match(await json("location", "service", "https://192.168.1.9", "--private-network"), {
    service: "https://192.168.1.9",
    privateNetwork: true,
  });
});

t.test("names the grant that a section is collected under, and for no more than was granted", async (t) => {
  const { json } = await enrolled(t, "--grant", "location=city:support,hardware,software:trends");
  const { sections } = await json("show", "location", "memory", "software.deb");
  const reasons = ({ purposes, basis, granted }: { [name: string]: unknown }) => [purposes, basis, granted];
  t.same(reasons(sections.location), [["support"], ["consent"], true]);
  t.same(reasons(sections.memory), [["inventory"], ["consent"], true]);
  t.same(reasons(sections["software.deb"]), [["inventory", "security"], [], false]);
});

t.test("says what makes no sense, and what is not granted", async (t) => {
  const { agent } = await enrolled(t, "--geolocate", service);
  t.match(await agent("location", "set", "48,16"), {
    code: 1,
    stderr: /location is not granted; .*location=city/,
  });
  t.match(await agent("location", "service", service), { code: 1, stderr: /not granted/ });
  for (const place of ["91,0", "Wien"]) t.match(await agent("location", "set", place), { code: 2 }, place);
  for (const url of ["http://geo.example", "https://a:b@geo.example"])
    t.match(await agent("location", "service", url), { code: 2 }, url);
});
