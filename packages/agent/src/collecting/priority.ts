/** Looking at the machine gives way to everything else that it does. */
import { constants, setPriority } from "node:os";

/** For this process, until its end: only an administrator may raise it again. */
export function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // Where the system does not allow it, the work is done as it is.
  }
}
