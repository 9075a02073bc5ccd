/** A process that is killed while check-ins are written back, or the log of them is cut, loses none that it acknowledged. */
import { join } from "node:path";
import t from "tap";
import { bareInstallations, quickOf } from "../testing/bare-installations.ts";
import { Chance } from "../testing/chance.ts";
import { killedAfter } from "../testing/checking-in-process.ts";
import { rounds } from "../testing/long.ts";
import { perSlice } from "./column.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const ordinals = [20 * perSlice, 9 * perSlice + 2, 5 * perSlice + 1, perSlice, 1];
const times = rounds(20, 200);

t.test("has everything that was acknowledged, however often it is killed", async (t) => {
  const file = join(t.testdir({}), "rollcall.db");
  const first = await openSqliteStore(file);
  await first.commit(bareInstallations(ordinals));
  await first.close();
  const chance = new Chance(3);
  for (let time = 0; time < times; time++) {
    const told = await killedAfter(file, ordinals, 1 + (chance.number(time, 1) % 80));
    const store = await openSqliteStore(file);
    const { current } = quickOf(store);
    for (const [ordinal, counter] of told) {
      const latest = current.later({ ordinal, counter: 0 });
      t.ok(latest && latest.counter >= counter, `${ordinal}: ${counter} was acknowledged`);
      t.equal(latest?.mark, (latest?.counter ?? 0) * 7, "and is whole");
    }
    await store.close();
  }
});
