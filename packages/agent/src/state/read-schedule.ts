/** The schedule of an enrolled device, for who only wants to know when the next check-in is due. */
import { firstSchedule, type Instant, interval, type Random, type Schedule } from "../schedule.ts";
import { StateDirectory } from "./directory.ts";
import { demandInstallation } from "./enrolled-state.ts";
import { scheduleFile } from "./files.ts";

export function readSchedule({
  stateDirectory,
  now,
  random,
}: {
  readonly stateDirectory: string;
  readonly now: () => Instant;
  readonly random: Random;
}): Schedule {
  const directory = new StateDirectory(stateDirectory);
  demandInstallation(directory);
  return directory.read(scheduleFile) ?? firstSchedule(now(), interval.usual, random);
}
