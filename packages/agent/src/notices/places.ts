/** Where the people of a machine are told; tests name others. */

export interface NoticePlaces {
  /** Files in it are shown to everybody who logs in (pam_motd(8)). */
  readonly messages: string;
  /** systemd-logind's: a file for each session (sd-login(3)). */
  readonly sessions: string;
  /** Folders of the logged-in accounts by number, each with the `bus` of their session. */
  readonly users: string;
  /** notify-send(1). */
  readonly notifier: string;
}

/** Of a machine on which the agent is installed for everybody. */
export const usualPlaces: NoticePlaces = {
  messages: "/etc/motd.d",
  sessions: "/run/systemd/sessions",
  users: "/run/user",
  notifier: "/usr/bin/notify-send",
};
