/** The command tree of `rollcall-agent`. Each command's code is loaded only when it is called. */
import { type ExitCode, wrongUsageInOneLine } from "@rollcall/host";
import { Command, Option } from "commander";
import { AgentError } from "../agent-error.ts";
import type { Context } from "./context.ts";

interface ProgramOptions {
  readonly version: string;
  readonly contextOf: () => Context;
  /** Takes the code that the process is to end with. */
  readonly end: (code: ExitCode) => void;
  /** Takes what commander has to say of wrong usage, in one line. */
  readonly tellWrongUsage: (message: string) => void;
}

/** Commands of the contract that are not there yet. They say so and fail, rather than being unknown. */
const later = ["service", "update"];

const aboutLists =
  "LIST is CATEGORY[=LEVEL][:PURPOSE+PURPOSE],… or one of minimal, inventory, full (the same as all).";

export function createProgram(options: ProgramOptions): Command {
  const program = new Command("rollcall-agent")
    .description("Answers the roll call for this device, under the grants of its people.")
    .version(options.version, "--version")
    .option(
      "--state <DIR>",
      "state directory (ROLLCALL_AGENT_STATE; else ./data/agent if there, else /var/lib/rollcall-agent)",
    )
    .option("--json", "answer in JSON")
    .option("--path-rootfs <DIR>", "look at another machine's file tree")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (message) => options.tellWrongUsage(wrongUsageInOneLine(message)) })
    .showSuggestionAfterError();
  addEnrol(program, options);
  addCheckIn(program, options);
  addShow(program, options);
  addConsent(program, options);
  addLocation(program, options);
  addMy(program, options);
  addLeaving(program, options);
  for (const name of later) addLater(program, name);
  return program;
}

function addEnrol(program: Command, { contextOf, end }: ProgramOptions): void {
  program
    .command("enrol <STRING>")
    .alias("enroll")
    .description(
      "enrol this device with the server that an enrolment string names (@FILE reads a file, - standard input)",
    )
    .option(
      "--application <NUMBER>",
      "a product that checks in with the agent, NUMBER or NUMBER@VERSION",
      collect,
      [],
    )
    .option("--grant <LIST>", "grant more than the enrolment string does")
    .option("--geolocate <URL>", "agree that this geolocation service is told the networks around")
    .option("--insecure-loopback", "take plain HTTP to a server on this machine, for tests")
    .addHelpText("after", `\n${aboutLists}`)
    .action(
      async (
        typed: string,
        flags: { application: string[]; grant?: string; geolocate?: string; insecureLoopback?: true },
      ) => {
        const { enrolCommand } = await import("./enrol.ts");
        end(await enrolCommand(contextOf(), typed, flags));
      },
    );
}

const collect = (value: string, before: string[]): string[] => [...before, value];

function addCheckIn(program: Command, { contextOf, end }: ProgramOptions): void {
  program
    .command("check-in")
    .description("check in now: look at the machine, send what changed")
    .option("--if-due", "only when the interval has passed")
    .action(async ({ ifDue = false }: { ifDue?: boolean }) => {
      const { checkInCommand } = await import("./check-in.ts");
      end(await checkInCommand(contextOf(), ifDue));
    });
  program
    .command("run")
    .description("stay, and check in on the interval")
    .action(async () => {
      const { runCommand } = await import("./run.ts");
      end(await runCommand(contextOf()));
    });
  program
    .command("status")
    .description("tell where this device stands: enrolment, check-ins, consent, usage")
    .action(async () => {
      const { statusCommand } = await import("./status.ts");
      end(statusCommand(contextOf()));
    });
}

interface ShowFlags {
  readonly all?: true;
  readonly sent?: true;
  readonly diff?: true;
  readonly web?: string | true;
}

function addShow(program: Command, { contextOf, end }: ProgramOptions): void {
  program
    .command("show [SECTION...]")
    .description("show what is sent of this device, or, before it is enrolled, what would be")
    .option("--all", "also look at what is not granted; it is shown and not sent")
    .addOption(
      new Option("--sent", "what the server was last told, with its receipt").conflicts(["diff", "all"]),
    )
    .addOption(
      new Option("--diff", "what changed on the device since the server was last told").conflicts("all"),
    )
    .addOption(
      new Option("--web [FILE]", "everything on one page, in a new file (rollcall-agent.html)").conflicts([
        "sent",
        "diff",
      ]),
    )
    .action(async (sections: string[], flags: ShowFlags) => {
      const { web, all = false } = flags;
      if (web !== undefined) {
        const { showWebCommand } = await import("./show-web.ts");
        end(await showWebCommand(contextOf(), { file: web === true ? undefined : web, sections, all }));
      } else if (flags.sent) end((await import("./show-sent.ts")).showSentCommand(contextOf(), sections));
      else if (flags.diff) end(await (await import("./show-diff.ts")).showDiffCommand(contextOf(), sections));
      else end(await (await import("./show.ts")).showCommand(contextOf(), sections, all));
    });
}

function addConsent(program: Command, { contextOf, end }: ProgramOptions): void {
  const consent = program
    .command("consent")
    .description("what of this device may be collected, and on whose word")
    .addHelpText("after", `\n${aboutLists}`);
  consent
    .command("list", { isDefault: true })
    .description("list the grants")
    .action(async () => {
      const { listConsent } = await import("./consent-list.ts");
      end(listConsent(contextOf()));
    });
  consent
    .command("history")
    .description("every grant and withdrawal on this device: what, when, by whom, under which policy")
    .action(async () => {
      const { consentHistory } = await import("./consent-list.ts");
      end(consentHistory(contextOf()));
    });
  for (const verb of ["grant", "withdraw"] as const) {
    consent
      .command(`${verb} <LIST>`)
      .description(
        verb === "grant" ? "grant more" : "withdraw what was granted; what was collected of it is deleted",
      )
      .addHelpText("after", `\n${aboutLists}`)
      .action(async (list: string) => {
        const { changeConsentCommand } = await import("./consent.ts");
        end(await changeConsentCommand(contextOf(), verb, list));
      });
  }
}

function addLocation(program: Command, { contextOf, end }: ProgramOptions): void {
  const location = program
    .command("location")
    .description("what you say of this device's place, and who may be asked for it")
    .action(async () => end((await import("./location.ts")).tellLocation(contextOf())));
  location
    .command("set <LAT,LON>")
    // South of the equator it begins like an option.
    .allowUnknownOption()
    .description(
      "say where it is, in place of what satellites and networks say; told as coarsely as is granted",
    )
    .action(async (typed: string) =>
      end(await (await import("./location.ts")).setLocation(contextOf(), typed)),
    );
  location
    .command("clear")
    .description("take that back")
    .action(async () => end(await (await import("./location.ts")).clearLocation(contextOf())));
  location
    .command("service <URL|off>")
    .description(
      "agree that this geolocation service is told the Wi-Fi networks and mobile cells around, or take that back",
    )
    .option("--private-network", "it may be in a private network")
    .action(async (typed: string, flags: { privateNetwork?: true }) =>
      end(await (await import("./location.ts")).setService(contextOf(), typed, flags)),
    );
}

function addMy(program: Command, { contextOf, end }: ProgramOptions): void {
  const my = program.command("my").description("what the server stores of this device, and your say in it");
  my.command("export [FILE]")
    .description("everything that is stored, as JSON")
    .action(async (file?: string) => {
      const { exportCommand } = await import("./my-export.ts");
      end(await exportCommand(contextOf(), file));
    });
  my.command("lookups")
    .description("who looked at it")
    .action(async () => {
      const { lookupsCommand } = await import("./my-lookups.ts");
      end(await lookupsCommand(contextOf()));
    });
  my.command("receipts")
    .description("what the server signed; those kept here are verified without it")
    .action(async () => {
      const { receiptsCommand } = await import("./my-receipts.ts");
      end(await receiptsCommand(contextOf()));
    });
  my.command("correct <SECTION.FIELD=VALUE>")
    .description("say what is right where a value is wrong; with no VALUE that is taken back")
    .option("--reason <TEXT>", "why, for whoever reads it")
    .action(async (typed: string, { reason }: { reason?: string }) => {
      const { correctCommand } = await import("./my-correct.ts");
      end(await correctCommand(contextOf(), typed, reason));
    });
  my.command("delete")
    .description("delete it; of an organisation's device what is personal, the rest is asked for")
    .option("--yes", "do not ask first")
    .action(async ({ yes }: { yes?: true }) => {
      const { deleteCommand } = await import("./my-delete.ts");
      end(await deleteCommand(contextOf(), yes === true));
    });
  addLater(my, "complain");
}

function addLeaving(program: Command, { contextOf, end }: ProgramOptions): void {
  program
    .command("unenrol")
    .description("stop reporting; a personal device is deleted on the server, and its receipt kept")
    .action(async () => {
      const { unenrolCommand } = await import("./unenrol.ts");
      end(await unenrolCommand(contextOf()));
    });
  program
    .command("log")
    .description("tell what the agent did on this device")
    .option("--follow", "stay, and tell what comes")
    .action(async ({ follow }: { follow?: true }) => {
      const { logCommand } = await import("./log.ts");
      end(await logCommand(contextOf(), follow === true));
    });
}

function addLater(program: Command, name: string): void {
  program
    .command(name, { hidden: true })
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw new AgentError("not-yet", `${name}: not yet`);
    });
}
