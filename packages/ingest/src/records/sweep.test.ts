/** Items that nobody has any more are swept away, and none that somebody has, whatever came before. */
import { canonical } from "@rollcall/protocol";
import t from "tap";
import { holding } from "../testing/altered-database.ts";
import { Chance } from "../testing/chance.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { rounds } from "../testing/long.ts";
import { machine, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";
import { longItem } from "./item-text.ts";

const pool = ["a 1", "b 1", "c 1", "d 1", "e 1", "f 1", "g 1", "h 1"] as const;
const section = (packages: readonly string[]) => machine({ packages })["software.deb"];

for (let seed = 1; seed <= rounds(2, 60); seed++)
  t.test(`keeps what is there, history ${seed}`, async (t) => {
    const server = await TestServer.start();
    t.teardown(() => server.remove());
    const chance = new Chance(seed);
    const ask = new Inventory(server);
    const stored = () =>
      holding(server, async (queries) => {
        const rows = await queries.selectFrom("items").select("body").execute();
        return rows.flatMap(({ body }) => /"name":"(.)"/.exec(longItem(body))?.[1] ?? []).sort();
      });
    const chosen = (...at: number[]) => pool.filter((_, number) => chance.part(...at, number) < 0.4);
    const devices = await Promise.all(
      ["ada", "bob", "cleo"].map(async (hostname, number) => {
        const packages = chosen(0, number);
        return { device: await told(server, { hostname, packages }), packages };
      }),
    );
    for (let step = 1; step <= 12; step++) {
      const of = devices[Math.floor(chance.part(step, 1) * devices.length)];
      if (!of || chance.part(step, 2) < 0.4) await server.admin("POST", "/api/v1/retention", {});
      else {
        of.packages = chosen(step, 3);
        await of.device.newSession();
        await of.device.checkedIn();
        await of.device.sent({ "software.deb": section(of.packages) });
      }
      for (const { device, packages } of devices) {
        const { document } = (await ask.device(device.device)).sections["software.deb"] ?? {};
        t.equal(canonical(document), canonical(section(packages).document), `step ${step}`);
      }
    }
    for (const _ of ["what was given up before it began", "what was given up meanwhile"])
      await server.admin("POST", "/api/v1/retention", {});
    const named = new Set(devices.flatMap(({ packages }) => packages.map((text) => text.slice(0, 1))));
    t.strictSame(await stored(), [...named].sort());
  });
