/** Commands of the contract that are not there yet. They say so and fail, rather than being unknown. */
import type { Command } from "commander";
import { notYet } from "./failure.ts";

const later = [
  "group",
  "tag",
  "search",
  "complete",
  "import",
  "export",
  "sign-in-link",
  "log",
  "release",
  "rollout",
  "action",
  "privacy-policy",
  "data-request",
  "trends",
  "account",
];

export function addLaterCommands(program: Command): void {
  for (const name of later) addLater(program, name);
}

/** A command of which there is only the name, whatever stands behind it. */
export function addLater(parent: Command, name: string): void {
  const whole = parent.parent ? `${parent.name()} ${name}` : name;
  parent
    .command(name, { hidden: true })
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw notYet(whole);
    });
}
