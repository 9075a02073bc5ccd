/** `rollcall enrolment-token`, `api-token` and `application`: what lets devices and programs in. */
import type { Command } from "commander";
import { z } from "zod";
import { withApi } from "./client.ts";
import type { Context } from "./context.ts";
import {
  addListOptions,
  type ListKind,
  type ListOptions,
  type ListPart,
  printList,
  readListing,
} from "./lists.ts";
import { readCount, readDuration } from "./typed-values.ts";

const madeEnrolment = z.object({
  id: z.string(),
  enrolment: z.string(),
  expiresAt: z.string(),
  leftOut: z.array(z.string()),
});
const madeApiToken = z.object({ id: z.string(), token: z.string(), expiresAt: z.string() });
const madeApplication = z.object({ number: z.string(), name: z.string() });
const listed = z.object({ items: z.array(z.record(z.string(), z.unknown())) });
const revoked = z.object({ revoked: z.literal(true) });

type Item = z.infer<typeof listed>["items"][number];

export function addTokenCommands(program: Command, contextOf: () => Context): void {
  const enrolment = program.command("enrolment-token").description("tokens that let devices in");
  addEnrolmentCreate(enrolment, contextOf);
  addList(enrolment, contextOf, "/api/v1/enrolment-tokens", {
    columns: columnsNamed(
      "id",
      "group",
      "ownership",
      "local",
      "used",
      "uses",
      "perHour",
      "createdAt",
      "createdBy",
      "expiresAt",
      "revokedAt",
    ),
    usual: ["id", "group", "ownership", "used", "uses", "expiresAt", "revokedAt"],
    id: "id",
    none: "There is no enrolment token.",
  });
  addRevoke(enrolment, contextOf, "/api/v1/enrolment-tokens");

  const api = program.command("api-token").description("tokens that let programs read the inventory");
  addApiCreate(api, contextOf);
  addList(api, contextOf, "/api/v1/api-tokens", {
    columns: columnsNamed("id", "name", "role", "groups", "createdAt", "createdBy", "expiresAt", "revokedAt"),
    usual: ["id", "name", "role", "groups", "expiresAt", "revokedAt"],
    id: "id",
    none: "There is no API token.",
  });
  addRevoke(api, contextOf, "/api/v1/api-tokens");

  const application = program.command("application").description("application numbers that may check in");
  addApplicationCreate(application, contextOf);
  addList(application, contextOf, "/api/v1/applications", {
    columns: columnsNamed("number", "name", "createdAt"),
    usual: ["number", "name"],
    id: "number",
    none: "There is no application.",
  });
}

interface EnrolmentOptions {
  readonly local?: true;
  readonly pin?: true;
  readonly group?: string;
  readonly ownership?: string;
  readonly uses?: string;
  readonly expires?: string;
  readonly perHour?: string;
  readonly grant?: string;
}

function addEnrolmentCreate(parent: Command, contextOf: () => Context): void {
  parent
    .command("create")
    .description("make an enrolment string; it is the last line of stdout")
    .option("--local", "for agents on the server's own machine")
    .option("--pin", "pin the certificate that --tls-cert names; a certificate of the server's own always is")
    .option("--group <G>", "group that the devices come into (default: default)")
    .option("--ownership <KIND>", "organisation or personal (default: organisation)")
    .option("--uses <N>", "how many devices it lets in (default: 1)")
    .option("--expires <DURATION>", "such as 24h or 7d (default: 7d)")
    .option("--per-hour <N>", "enrolments an hour at most (default: 60)")
    .option(
      "--grant <LIST>",
      "grants beside the defaults that need no consent: CATEGORY[=LEVEL][:PURPOSE+PURPOSE],…",
    )
    .action(async (options: EnrolmentOptions) => {
      const context = contextOf();
      const { local, pin, group, ownership, uses, expires, perHour, grant } = options;
      const body = {
        local: local ?? false,
        pin: pin ?? false,
        group,
        ownership,
        uses: uses === undefined ? undefined : readCount(uses),
        expiresInSeconds: expires === undefined ? undefined : readDuration(expires),
        perHour: perHour === undefined ? undefined : readCount(perHour),
        grant,
      };
      await withApi(
        context,
        async (api) => {
          const made = await api({
            method: "POST",
            path: "/api/v1/enrolment-tokens",
            body,
            answer: madeEnrolment,
          });
          if (made.leftOut.length > 0) {
            const { note } = context.output;
            note(`Left out, because nobody can consent for others: ${made.leftOut.join(", ")}`);
            note(
              "It is asked for on the device: rollcall-agent enrol STRING --grant LIST, or later rollcall-agent consent grant LIST",
            );
          }
          context.output.note(
            `Enrolment token ${made.id}, good until ${made.expiresAt}. On the device: rollcall-agent enrol STRING`,
          );
          context.output.line(made.enrolment);
          context.output.json({ id: made.id, enrolment: made.enrolment, expiresAt: made.expiresAt });
        },
        "makes",
      );
    });
}

/** Collects what an option that may be said several times was given. */
const andThis = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function addApiCreate(parent: Command, contextOf: () => Context): void {
  parent
    .command("create")
    .description("make an API token; it is the last line of stdout")
    .requiredOption("--name <N>", "what it is for")
    .requiredOption("--role <ROLE>", "viewer, operator, admin, privacy-officer or monitor")
    .option("--group <G>", "devices of this group only; may be said several times", andThis)
    .option("--expires <DURATION>", "such as 30d (default: 365d)")
    .action(
      async ({
        name,
        role,
        group: groups,
        expires,
      }: {
        name: string;
        role: string;
        group?: readonly string[];
        expires?: string;
      }) => {
        const context = contextOf();
        const body = {
          name,
          role,
          groups,
          expiresInSeconds: expires === undefined ? undefined : readDuration(expires),
        };
        await withApi(
          context,
          async (api) => {
            const made = await api({
              method: "POST",
              path: "/api/v1/api-tokens",
              body,
              answer: madeApiToken,
            });
            context.output.note(`API token ${made.id}, good until ${made.expiresAt}. It is told this once.`);
            context.output.line(made.token);
            context.output.json(made);
          },
          "makes",
        );
      },
    );
}

function addApplicationCreate(parent: Command, contextOf: () => Context): void {
  parent
    .command("create <NAME>")
    .description("make an application number known")
    .option("--number <N>", "the number; else made from the name")
    .action(async (name: string, { number }: { number?: string }) => {
      const context = contextOf();
      await withApi(
        context,
        async (api) => {
          const made = await api({
            method: "POST",
            path: "/api/v1/applications",
            body: { name, number },
            answer: madeApplication,
          });
          context.output.line(made.number);
          context.output.json(made);
        },
        "makes",
      );
    });
}

function addList(parent: Command, contextOf: () => Context, path: string, kind: ListKind<Item>): void {
  addListOptions(parent.command("list").description("list them"), kind).action((options: ListOptions) => {
    const context = contextOf();
    const listing = readListing(context.output, kind, options);
    return withApi(context, async (api) => {
      const { items } = await api({ method: "GET", path, answer: listed });
      await printList(listing, (limit) => inOnePart(items, limit));
    });
  });
}

async function* inOnePart(items: readonly Item[], limit: number): AsyncGenerator<ListPart<Item>> {
  yield { items: items.slice(0, limit), total: items.length, isLast: items.length <= limit };
}

/** Columns that are told as the API names them. */
const columnsNamed = (...names: string[]): ListKind<Item>["columns"] =>
  Object.fromEntries(names.map((name) => [name, (item: Item) => cellOf(item[name])]));

const cellOf = (value: unknown): string | number | null =>
  Array.isArray(value)
    ? value.join(", ")
    : value === null || value === undefined
      ? null
      : typeof value === "number"
        ? value
        : String(value);

function addRevoke(parent: Command, contextOf: () => Context, path: string): void {
  parent
    .command("revoke <ID>")
    .description("end one now")
    .action(async (id: string) => {
      const context = contextOf();
      await withApi(context, (api) =>
        api({ method: "DELETE", path: `${path}/${encodeURIComponent(id)}`, answer: revoked }),
      );
      context.output.note(`Revoked ${id}.`);
      context.output.json({ id, revoked: true });
    });
}
