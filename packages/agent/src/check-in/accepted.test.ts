/** What a server takes and what it refuses, as its answers tell: not sent while that stands, sent when it changes. */
import { accepts } from "@rollcall/protocol";
import t from "tap";
import { checkedIn, checkIns, memory } from "../testing/checked-in.ts";
import type { TestDevice } from "../testing/test-device.ts";

/** Lets the next answer to a check-in name these sections as what the server takes now. */
function nextAnswerAccepts({ server }: TestDevice, taken: Readonly<Record<string, number>>): void {
  server.answerNext(checkIns, (received, response) => {
    const { body, ...reply } = server.own(received, response);
    return { ...reply, body: { ...Object(body), accepts: taken } };
  });
}

const { memory: _, ...allButMemory } = accepts;

t.test("stops sending a section that the server takes no more, until it does again", async (t) => {
  const device = await checkedIn(t);
  device.machine.memory = memory(2);
  nextAnswerAccepts(device, allButMemory);
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } }, "it is remembered");
  nextAnswerAccepts(device, accepts);
  t.match(await device.checkIn(), { result: { sent: ["memory"] } });
  t.same(device.believed, device.server.sections);
});

t.test("sends a refused document again to another version of the server", async (t) => {
  const device = await checkedIn(t);
  device.server.refusing = ["memory"];
  device.machine.memory = memory(2);
  t.match(await device.checkIn(), { result: { refused: ["memory"] } });
  t.match(Object.keys(device.state.acknowledged.value.refused), ["memory"]);
  device.server.refusing = [];
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
  nextAnswerAccepts(device, { ...accepts, "a-new-section": 1 });
  t.match(await device.checkIn(), { result: { sent: ["memory"] } });
  t.same(device.state.acknowledged.value.refused, {});
});

t.test("does nothing for wanted names that it does not know, or does not collect", async (t) => {
  const device = await checkedIn(t);
  device.server.answerNext(checkIns, (received, response) => {
    const { body, ...reply } = device.server.own(received, response);
    return {
      ...reply,
      body: { ...Object(body), wants: ["no-such", "__proto__", "location", "software.deb"] },
    };
  });
  t.match(await device.checkIn(), { result: { outcome: "unchanged", sent: [] } });
  t.same(
    device.server.received.map(({ route }) => route),
    [checkIns],
  );
});
