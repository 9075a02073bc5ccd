/** Which addresses an agent talks to, and which it refuses however they are written. */
import t from "tap";
import { readAddress } from "./address.ts";
import { retryAfterSeconds } from "./retry-after.ts";

const read = (url: string, insecureLoopback = true) => {
  try {
    return readAddress(url, { insecureLoopback });
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : "a bug";
  }
};

t.test("takes local sockets always and loopback where it was allowed", async (t) => {
  t.same(read("unix:/var/lib/rollcall/agent.sock", false), {
    kind: "socket",
    path: "/var/lib/rollcall/agent.sock",
  });
  for (const origin of [
    "http://127.0.0.1:8080",
    "http://127.8.9.1",
    "http://[::1]:80",
    "http://localhost:1",
  ]) {
    t.match(read(origin), { kind: "loopback" }, origin);
    t.equal(read(origin, false), "failed", origin);
  }
});

t.test("refuses plain HTTP to everything else", async (t) => {
  const urls = [
    "http://example.org",
    "http://127.0.0.1.example.org",
    "http://10.0.0.1",
    "http://localhost.example.org",
    "http://user@127.0.0.1:8080",
    "http://127.0.0.1:8080/below",
    "http://127.0.0.1:8080/?q",
    "http://[::ffff:10.0.0.1]",
    "ftp://127.0.0.1",
    "unix:relative",
    "http:/",
    "",
  ];
  for (const url of urls) t.equal(read(url), "failed", url);
});

t.test("takes TLS to anywhere, with what the enrolment string pins", async (t) => {
  const origin = "https://rollcall.example.org:8443";
  for (const ca of [undefined, "PEM"]) {
    const terms = { insecureLoopback: false, ca };
    t.same(readAddress(origin, terms), { kind: "tls", origin, ca });
  }
  for (const url of [`${origin}/below`, "https://user@rollcall.example.org", `${origin}/?q`, "https://"])
    t.equal(read(url), "failed", url);
});

t.test("reads Retry-After as seconds, or as a date by the server's own clock", async (t) => {
  const [date, later] = ["Tue, 03 Mar 2026 10:00:00 GMT", "Tue, 03 Mar 2026 10:01:30 GMT"];
  t.equal(retryAfterSeconds("120", null), 120);
  t.equal(retryAfterSeconds(later, date), 90);
  t.equal(retryAfterSeconds(date, later), 0);
  for (const [value, at] of [
    [null, date],
    ["soon", date],
    [later, null],
    ["-5", null],
    ["1e9", null],
  ] as const)
    t.equal(retryAfterSeconds(value, at), null, `${value}`);
});
