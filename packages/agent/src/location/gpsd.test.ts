// gpsd: its own with a made-up receiver where it is installed, an exchange written by hand, and recorded ones.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import t, { type Test } from "tap";
import { openLook } from "../collecting/look.ts";
import { record, withoutRecords } from "../testing/records.ts";
import { parseGpsd, positionOfGpsd } from "./gpsd.ts";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

async function asked(address: string) {
  const look = openLook({ root: null, reads: [], connects: [address] });
  return { position: await positionOfGpsd(look, address), notes: look.notes };
}

const withSum = (body: string) => {
  const sum = [...Buffer.from(body)].reduce((a, b) => a ^ b, 0);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, "0")}`;
};

/** A receiver on a bench for a minute. */
const track = Array.from({ length: 60 }, (_, second) => {
  const time = `1719${String(second).padStart(2, "0")}.00`;
  return [
    withSum(`GPGGA,${time},4812.492,N,01622.428,E,1,09,1.2,170.0,M,43.0,M,,`),
    withSum("GPGSA,A,3,01,11,31,14,22,32,04,25,03,,,,2.0,1.2,1.6"),
    withSum(`GPRMC,${time},A,4812.492,N,01622.428,E,0.0,0.0,040326,,,A`),
  ].join("\r\n");
});

const gpsfake = "/usr/bin/gpsfake";
const isMissing = !existsSync(gpsfake) || !existsSync("/usr/sbin/gpsd");

t.test(
  "is told by gpsd itself where its receiver is",
  { skip: isMissing && "Debian's gpsd and gpsd-clients are not installed" },
  async (t) => {
    const file = join(t.testdir(), "bench.nmea");
    writeFileSync(file, `${track.join("\r\n")}\r\n`);
    const port = await freePort();
    const fake = spawn(gpsfake, ["-c", "0.05", "-P", String(port), "-q", file], { stdio: "ignore" });
    t.teardown(async () => {
      fake.kill();
      if (fake.exitCode === null) await once(fake, "exit");
    });
    let found = await asked(`127.0.0.1:${port}`);
    for (let tries = 0; !found.position && fake.exitCode === null && tries < 50; tries++) {
      await wait(50);
      found = await asked(`127.0.0.1:${port}`);
    }
    t.match(found.position, { source: "gpsd", ageSeconds: 0 });
    const { latitude = 0, longitude = 0, accuracyMetres = 0 } = found.position ?? {};
    t.ok(
      Math.abs(latitude - 48.2082) < 1e-4 && Math.abs(longitude - 16.3738) < 1e-4,
      `${latitude},${longitude}`,
    );
    t.ok(accuracyMetres > 0 && accuracyMetres <= 100);
  },
);

/** Plays gpsd's part: greets, and after the client's line says these, one by one. */
async function exchange(
  t: Test,
  lines: readonly string[],
  after: (socket: Socket) => void = () => undefined,
) {
  const said: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write('{"class":"VERSION","release":"3.22","rev":"3.22","proto_major":3,"proto_minor":14}\r\n');
    socket.on("data", (line) => {
      said.push(String(line));
      for (const each of lines) socket.write(`${each}\r\n`);
      after(socket);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const address = server.address();
  return { said, address: `127.0.0.1:${typeof address === "object" ? address?.port : 0}` };
}

const device =
  '{"class":"DEVICE","path":"/dev/ttyACM0","driver":"u-blox","activated":"2026-03-04T05:06:07.000Z"}';
const devices = `{"class":"DEVICES","devices":[${device}]}`;
const watch = '{"class":"WATCH","enable":true,"json":true,"nmea":false,"raw":0,"scaled":false}';
const early = '{"class":"TPV","device":"/dev/ttyACM0","mode":2,"lat":48.2083,"lon":16.3739}';
const fix =
  '{"class":"TPV","device":"/dev/ttyACM0","mode":3,"time":"2034-11-01T17:19:26.000Z","lat":48.2082,"lon":16.3738,"eph":7.5}';

t.test("asks to be told, and waits for a fix whose error is known", async (t) => {
  const { said, address } = await exchange(t, [
    devices,
    watch,
    '{"class":"SKY","nSat":9,"uSat":7}',
    early,
    fix,
  ]);
  const position = {
    latitude: 48.2082,
    longitude: 16.3738,
    accuracyMetres: 7.5,
    ageSeconds: 0,
    source: "gpsd",
  };
  t.same(await asked(address), { position, notes: [] });
  t.same(said, ['?WATCH={"enable":true,"json":true};\n']);
});

t.test("does not wait where there is no receiver, nor for one that has lost its daemon", async (t) => {
  const none = await exchange(t, ['{"class":"DEVICES","devices":[]}', watch]);
  t.same(await asked(none.address), { position: undefined, notes: [] });
  const cut = await exchange(t, [devices, watch, early], (socket) =>
    socket.end('{"class":"TPV","mode":3,"la'),
  );
  t.match(await asked(cut.address), { position: { latitude: 48.2083, accuracyMetres: 100 }, notes: [] });
});

t.test("gives up on half a line, with what it had and a note", async (t) => {
  const { address } = await exchange(t, [devices, watch, early], (socket) =>
    socket.write('{"class":"TPV","mo'),
  );
  const { position, notes } = await asked(address);
  t.match(position, { latitude: 48.2083 });
  t.match(notes, [/^127\.0\.0\.1:\d+: took over \d+ ms$/]);
});

t.test("reads what real receivers said", { skip: withoutRecords }, async (t) => {
  for (const name of [
    "beidou-gb",
    "bu303-stillfix",
    "garmin48",
    "iTrek",
    "mt3339",
    "neo-m8n",
    "nmea-fuzzy-cases",
  ]) {
    const text = record(`gps/${name}.gpsd.json`).toString();
    // As a person would look for it: the last report that has a place and its error.
    const last = text.split("\n").findLast((line) => /"TPV".*"lat":.*"eph":/.test(line)) ?? "";
    const number = (member: string) => Number(new RegExp(`"${member}":(-?[\\d.]+)`).exec(last)?.[1]);
    const expected = { latitude: number("lat"), longitude: number("lon"), accuracyMetres: number("eph") };
    t.same(parseGpsd(text)?.position, { ...expected, ageSeconds: 0, source: "gpsd" }, name);
  }
  t.equal(parseGpsd(record("gps/bu303-nofix.gpsd.json").toString()), undefined);
});
