/** The sources of a section of people's homes: places below each home, and what tells whose homes there are. */

/** Accounts, and where what is mounted. */
const ofEveryHome = [
  "/etc/passwd",
  "/etc/login.defs",
  "/proc/self/mountinfo",
  "/proc/1/mountinfo",
  "/proc/self/mounts",
  "/proc/mounts",
] as const;

/** `inHomes(".mozilla")` is `~/.mozilla` in the home of each person, and what has to be read to find them. */
export function inHomes(...places: readonly string[]): readonly string[] {
  return [...places.map((place) => `~/${place}`), ...ofEveryHome];
}
