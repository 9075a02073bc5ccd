/** A column is one memory for all threads, however it grows, and comes back from its slices as it was. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import t from "tap";
import { Column, perBlock, perSlice } from "./column.ts";

t.test("shows another thread what is written and what has grown, without a message", async (t) => {
  const column = new Column(Uint32Array, 2);
  const source = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(workerData.module).then(({ Column }) => {
      const column = new Column(Uint32Array, 2, workerData.buffer);
      const tell = (ordinal) => parentPort.postMessage(
        column.reach(ordinal) ? Array.from(column.values.subarray(ordinal * 2, ordinal * 2 + 2)) : null,
      );
      parentPort.on("message", tell);
      parentPort.postMessage("ready");
    });`;
  const module = import.meta.resolve("./column.ts");
  const worker = new Worker(source, { eval: true, workerData: { module, buffer: column.buffer } });
  t.teardown(() => worker.terminate());
  await once(worker, "message");
  const seen = async (ordinal: number) => {
    worker.postMessage(ordinal);
    const [values] = await once(worker, "message");
    return values;
  };
  const beyond = perBlock * 3 + 7;
  t.equal(await seen(beyond), null);
  column.grow(beyond);
  column.values.set([11, 12], beyond * 2);
  column.values.set([1, 2], 0);
  t.same(await seen(beyond), [11, 12]);
  t.same(await seen(0), [1, 2], "what was there before it grew");
});

t.test("takes no ordinal for there that it has no room for", async (t) => {
  const column = new Column(Float64Array);
  t.equal(column.reach(perBlock - 1), true);
  t.equal(column.reach(perBlock), false);
  t.throws(() => column.grow(2 ** 25), { message: "ordinal 33554432 is beyond what columns can hold" });
});

t.test("comes back from its slices, the last of them a short one", async (t) => {
  const column = new Column(Float64Array);
  const end = perBlock + perSlice + 5;
  column.grow(end);
  for (let ordinal = 0; ordinal < end; ordinal++) column.values[ordinal] = ordinal + 0.5;
  const again = new Column(Float64Array);
  for (let slice = 0; slice * perSlice < end; slice++) again.putBytes(slice, column.bytesOf(slice, end));
  t.same(again.values.slice(0, end), column.values.slice(0, end));
  t.throws(() => again.putBytes(0, new Uint8Array(7)), { message: /a column's slice has 7 bytes/ });
});
