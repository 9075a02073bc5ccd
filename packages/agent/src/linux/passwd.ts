/** /etc/passwd (passwd(5)): the accounts that the machine itself keeps, not those of a directory service. */

export const passwdSource = "/etc/passwd";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** GECOS: mostly the person's name, then other things behind commas. */
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
}

/** Lines that name no account are passed over; so are those of NIS, which begin with + or -. */
export function parsePasswd(text: string): Account[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", , uid = "", gid = "", comment = "", home = "", shell = ""] = line.split(":");
    if (!/^[^\s+#-]\S*$/.test(name) || !isNumber(uid) || !isNumber(gid)) return [];
    return [{ name, uid: Number(uid), gid: Number(gid), comment, home, shell: shell.trim() }];
  });
}

/** The highest is no account: it stands for "none" in system calls. */
const isNumber = (text: string): boolean => /^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 - 1;

const noShells = /\/(nologin|false|true|sync|halt|shutdown)$/;

/** Whether one can log in with it, as far as it tells. An empty shell is /bin/sh. */
export const canLogIn = ({ shell }: Account): boolean => !noShells.test(shell);

/** Where UID_MIN of /etc/login.defs begins, unless it was changed. */
const firstPerson = 1_000;
const nobody = 65_534;

/** Whether a person is behind it, as far as it tells. */
export function isPerson(account: Account): boolean {
  return account.uid >= firstPerson && account.uid !== nobody && canLogIn(account);
}
