// Section `scheduled-jobs`: what runs by the clock, by name and time; no command, and nothing of a person's.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import t from "tap";
import { isCronName, parseAnacrontab, parseCrontab } from "../linux/cron.ts";
import { collected, type Tree } from "../testing/collected.ts";

const own = "/usr/lib/systemd/system";
const tree: Tree = {
  "/etc/debian_version": "12.11\n",
  "/etc/passwd": "root:x:0:0::/root:\nwww-data:x:33:33::/var/www:\nalice:x:1000:1000::/home/alice:\n",
  "/etc/crontab": `SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin
# m h dom mon dow user\tcommand
17 *\t* * *\troot\tcd / && secret --hourly
17 * * * * root secret again
@reboot alice secret
1 2 3 root
`,
  "/etc/cron.d/php": "09,39 * * * * www-data [ -x /usr/lib/php/secret ] && secret\n",
  "/etc/cron.d/.placeholder": "* * * * * root secret\n",
  "/etc/cron.d/php.dpkg-old": "* * * * * root secret\n",
  "/etc/cron.daily/logrotate": "#!/bin/sh\nsecret\n",
  "/etc/cron.daily/not.run": "",
  "/etc/anacrontab": "RANDOM_DELAY=45\n1\t5\tcron.daily\tsecret\n@monthly 45 cron.monthly nice secret\n",
  "/var/spool/cron/crontabs/root": "*/5 * * * * secret\n",
  "/var/spool/cron/crontabs/alice": "0 3 * * * secret\n",
  [`${own}/apt-daily.timer`]:
    "[Unit]\nDescription=Daily\n[Timer]\nOnCalendar=*-*-* 6,18:00\nOnBootSec=15min\n[Install]\nWantedBy=timers.target\n",
  "/etc/systemd/system/timers.target.wants/apt-daily.timer": { link: `${own}/apt-daily.timer` },
  "/etc/systemd/system/apt-daily.timer.d/late.conf": "[Timer]\nOnCalendar=\nOnCalendar=daily\n",
  [`${own}/backup@.timer`]: "[Timer]\nOnCalendar=weekly\n[Install]\nWantedBy=timers.target\n",
  "/etc/systemd/system/timers.target.wants/backup@alice.timer": { link: `${own}/backup@.timer` },
  [`${own}/off.timer`]: { link: "/dev/null" },
};

t.test("tells names and times, no command, and nothing of a person's", async (t) => {
  const found = await collected(t, "scheduled-jobs", tree);
  t.same([found.status, found.diagnostics], ["ok", []]);
  t.same(found.document, {
    jobs: [
      { source: "anacron", name: "cron.daily", schedule: "every 1 days" },
      { source: "anacron", name: "cron.monthly", schedule: "@monthly" },
      { source: "cron", name: "crontab", schedule: "17 * * * *", jobs: 2, account: "root" },
      { source: "cron", name: "crontab", schedule: "@reboot" },
      { source: "cron", name: "php", schedule: "09,39 * * * *", account: "www-data" },
      { source: "cron-folder", name: "logrotate", schedule: "daily" },
      { source: "crontab", name: "root", schedule: "*/5 * * * *", account: "root" },
      { source: "timer", name: "apt-daily", schedule: "OnBootSec=15min, daily", enabled: true },
      { source: "timer", name: "backup@", schedule: "weekly", enabled: true },
    ],
  });
  t.notMatch(JSON.stringify(found), /secret|alice/);
  t.match(await collected(t, "scheduled-jobs", {}), { status: "none", diagnostics: [] });
});

t.test("takes other systems' scripts by their own rules", async (t) => {
  const { document } = await collected(t, "scheduled-jobs", {
    "/etc/periodic/15min/poll": "",
    "/etc/cron.daily/man-db.cron": "",
    "/etc/cron.daily/old.rpmsave": "",
    "/etc/crontabs/root": "0 2 * * * run-parts /etc/periodic/daily\n",
  });
  t.same(document, {
    jobs: [
      { source: "cron-folder", name: "man-db.cron", schedule: "daily" },
      { source: "cron-folder", name: "poll", schedule: "15min" },
      { source: "crontab", name: "root", schedule: "0 2 * * *", account: "root" },
    ],
  });
  t.same(
    ["a.b", "a~", ".x", "x#y", "ok_1"].map((name) => [isCronName(name, true), isCronName(name, false)]),
    [
      [false, true],
      [false, false],
      [false, false],
      [false, true],
      [true, true],
    ],
  );
});

t.test("takes no setting, comment or half a line for a job", (t) => {
  t.same(
    parseCrontab("# a\nMAILTO=a b c d e f\n* * * * *\n* * * * * root\n@ x y\n1 2 3 4 $(5) root x\n", true),
    [],
  );
  const broken = "0 3 * * * \nmysqldump -u root -psecret shop orders\ntar -c -z data old\n";
  t.same(
    [false, true].flatMap((names) => parseCrontab(broken, names)),
    [],
  );
  t.same(
    parseCrontab("-*/5 0 1-7 jan,feb mon echo\n@daily x\n", false).map(({ schedule }) => schedule),
    ["*/5 0 1-7 jan,feb mon", "@daily"],
  );
  t.same(parseAnacrontab("1 5 x\nSHELL=/bin/sh a b c\n"), []);
  t.end();
});

const systemctl = spawnSync(
  "systemctl",
  ["list-unit-files", "--type=timer", "--no-legend", "--no-pager", "--root=/"],
  { encoding: "utf8" },
);

t.test(
  "tells this machine's timers as systemctl does",
  { skip: systemctl.status === 0 ? false : "systemctl is not installed here" },
  async (t) => {
    const theirs = systemctl.stdout.split("\n").flatMap((line) => {
      const [name = "", start] = line.split(/\s+/);
      return !name.endsWith(".timer") || name.includes("@.") || start === "masked" || start === "alias"
        ? []
        : [name.slice(0, -".timer".length)];
    });
    const { document } = await collected(t, "scheduled-jobs", null);
    const jobs: { source: string; name: string }[] = Object(document).jobs;
    t.same(
      jobs.flatMap(({ source, name }) => (source === "timer" && !name.includes("@") ? [name] : [])).sort(),
      theirs.sort(),
    );
  },
);

t.test("passes its definition whatever the files hold", async () => {
  const word = fc.oneof(
    fc.constantFrom("*", "1", "@daily", "root", "OnCalendar=", "[Timer]", "\n"),
    fc.string({ maxLength: 6 }),
  );
  const text = fc.array(word, { maxLength: 20 }).map((words) => words.join(" "));
  await fc.assert(
    fc.asyncProperty(text, text, async (table, timer) => {
      const { status } = await collected(t, "scheduled-jobs", {
        "/etc/crontab": table,
        "/etc/anacrontab": table,
        "/var/spool/cron/root": table,
        [`${own}/a.timer`]: timer,
      });
      return status === "ok" || status === "none";
    }),
    { numRuns: 60 },
  );
});
