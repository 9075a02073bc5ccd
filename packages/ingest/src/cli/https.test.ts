/** `rollcall` from another machine: over TLS, with the CA that it is given, else with what the machine trusts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { newAuthority } from "../testing/certificates.ts";
import { printed, runHere } from "../testing/command.ts";
import { TestServer } from "../testing/test-server.ts";

t.test("trusts the CA that ROLLCALL_CA names and no other, and tells the token to nobody else", async (t) => {
  const server = await TestServer.start(undefined, { publicUrl: "https://rollcall.example" });
  t.teardown(() => server.remove());
  const folder = t.testdir({});
  const [ours, others] = [join(folder, "ours.pem"), join(folder, "others.pem")];
  writeFileSync(ours, await printed(["keys", "ca", "--data", server.directory]));
  writeFileSync(others, (await newAuthority()).certificate);
  const token = await server.apiToken({ role: "viewer" });
  const count = (env: Readonly<Record<string, string>>) =>
    runHere(["devices", "--count"], {
      env: { ROLLCALL_URL: server.url, ROLLCALL_TOKEN: token, ...env },
    });
  t.same(await count({ ROLLCALL_CA: ours }), { code: 0, stdout: "0\n", stderr: "" });
  for (const env of [{}, { ROLLCALL_CA: others }])
    t.match(await count(env), {
      code: 4,
      stdout: "",
      stderr: /was not reached: its certificate is not one that is trusted here .*; ROLLCALL_CA names/,
    });
  const missing = join(folder, "none.pem");
  t.match(await count({ ROLLCALL_CA: missing }), { code: 2, stderr: `cannot be read: ${missing}` });
});
