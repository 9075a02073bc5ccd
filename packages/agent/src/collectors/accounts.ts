/** Collector of section `accounts`: the machine's own accounts and groups; those of a directory are not asked for. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import {
  type Account,
  accountSources,
  type Group,
  mostAccountBytes,
  parseGroups,
  readAccounts,
} from "../linux/accounts.ts";
import { administratorSources, readAllowed } from "../linux/administrators.ts";
import { parseShadow } from "../linux/passwords.ts";

const paths = { groups: "/etc/group", passwords: "/etc/shadow" } as const;

export const collector = defineCollector({
  section: "accounts",
  platforms: {
    linux: {
      reads: [...accountSources, ...Object.values(paths), ...administratorSources],
      collect(look) {
        const { all, isSystem } = readAccounts(look);
        const groups = parseGroups(look.text(paths.groups, mostAccountBytes) ?? "");
        if (all.length === 0) return { nothing: "none" };
        const passwords = parseShadow(look.text(paths.passwords, mostAccountBytes) ?? "");
        const isAdministrator = administratorsIn(look, groups);
        return {
          document: {
            accounts: all.map((account) => ({
              ...accountOf(account),
              system: isSystem(account.uid),
              administrator: isAdministrator(account),
              ...passwords.get(account.name),
            })),
            groups: groups.map(groupOf),
          },
        };
      },
    },
  },
});

function accountOf({ name, uid, fullName, home, shell, password }: Account) {
  return present({ name, uid: String(uid), fullName, home, shell, password });
}

function groupOf({ name, gid, members }: Group) {
  return present({ name, gid: String(gid), members: members.length > 0 ? [...members] : undefined });
}

function administratorsIn(look: Look, groups: readonly Group[]): (account: Account) => boolean {
  const allowed = readAllowed(look);
  const trusted = groups.filter(({ name, gid }) => allowed.has(`%${name}`) || allowed.has(`%#${gid}`));
  const [gids, members] = [
    new Set(trusted.map(({ gid }) => gid)),
    new Set(trusted.flatMap((group) => group.members)),
  ];
  return ({ name, uid, gid }) =>
    uid === 0 || allowed.has(name) || allowed.has(`#${uid}`) || gids.has(gid) || members.has(name);
}
