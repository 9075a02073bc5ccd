/** A round of load counts good answers, and is nothing when one of them is not good. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import t, { type Test } from "tap";
import { type Load, putLoadOn } from "./load.ts";

/** Load on a server that answers like this, from connections that number their requests. */
async function load(t: Test, listener: RequestListener): Promise<Load> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close().closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listener has an address");
  const connections = [0, 1, 2].map((connection) => {
    let number = 0;
    return () => ({ headers: { from: `${connection}` }, body: `${connection}:${number++}` });
  });
  return { url: `http://127.0.0.1:${address.port}`, connections, requests: 30, answer: "good" };
}

t.test("sends each request once, each connection its own, and counts all answers", async (t) => {
  const received: string[] = [];
  const round = await putLoadOn(
    await load(t, async (request, response) => {
      const body = (await request.toArray()).join("");
      received.push(`${request.method} ${request.url} ${request.headers.from} ${body}`);
      response.end("good");
    }),
  );
  const numbers = Array.from({ length: 10 }, (_, number) => number);
  const expected = [0, 1, 2].flatMap((each) =>
    numbers.map((number) => `POST /v1/check-ins ${each} ${each}:${number}`),
  );
  t.same(received.toSorted(), expected.toSorted());
  t.equal(round.answers, 30);
  t.ok(round.perSecond > 0 && round.p50Milliseconds > 0 && round.p99Milliseconds >= round.p50Milliseconds);
});

t.test("is nothing when one answer of all is not good", async (t) => {
  const bad: Record<string, RequestListener> = {
    "1 × 503": (_, response) => response.writeHead(503).end("good"),
    "1 × 201": (_, response) => response.writeHead(201).end("good"),
    "1 other bod": (_, response) => response.end("bad"),
    "1 errors": (request) => request.socket.resetAndDestroy(),
  };
  for (const [told, answerBadly] of Object.entries(bad)) {
    let left = 15;
    const one = await load(t, (request, response) => {
      if (left-- === 0) answerBadly(request, response);
      else response.end("good");
    });
    await t.rejects(putLoadOn(one), { message: new RegExp(told) }, told);
  }
});

t.test("gives up on a server that is not there", async (t) => {
  const gone = await load(t, () => {});
  await t.rejects(putLoadOn({ ...gone, url: "http://127.0.0.1:1" }), { message: /errors/ });
});
