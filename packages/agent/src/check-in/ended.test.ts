/** A server that deleted or retired the device is heard: the agent says so, falls quiet, and can be enrolled anew. */
import t from "tap";
import { checkedIn, checkIns } from "../testing/checked-in.ts";
import { problem } from "../testing/fake-server.ts";
import { errorOf } from "../testing/test-device.ts";

const week = 7 * 86_400_000;
const sessions = "POST /v1/sessions";

for (const ended of ["deleted", "retired"] as const) {
  t.test(`falls quiet when the server has ${ended} it, and asks again after a week`, async (t) => {
    const device = await checkedIn(t);
    const refuse = () => {
      device.server.before.set(checkIns, () => problem("session-invalid"));
      device.server.before.set(sessions, () => problem(`device-${ended}`));
    };
    refuse();
    const { code, message } = await errorOf(device.checkIn());
    t.equal(code, "refused");
    t.match(message, ended === "deleted" ? /deleted.*enrol STRING/s : /retired.*once a week/s);
    const asked = device.server.received.length;
    device.now += week - 1;
    t.match(await device.checkIn({ ifDue: true }), { result: { outcome: "not-due" } });
    t.equal(device.server.received.length, asked, "nothing is sent");
    device.now += 1;
    t.equal((await errorOf(device.checkIn({ ifDue: true }))).code, "refused");
    t.equal(device.state.schedule.value.ended, ended);
    device.server.before.clear();
    device.now += week;
    t.match(await device.checkIn({ ifDue: true }), { result: { outcome: "unchanged" } });
    t.notOk("ended" in device.state.schedule.value, "it is over with the first that is taken");
  });
}
