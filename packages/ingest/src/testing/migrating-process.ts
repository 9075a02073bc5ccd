/** Whoever brings a database to this version, or carries it into another, in a process of its own that kills itself. */
import { spawn } from "node:child_process";
import { once } from "node:events";

const addressOf = (module: string): string => JSON.stringify(new URL(module, import.meta.url).href);

const program = `
  const { carryOver } = await import(${addressOf("../store/carry-over.ts")});
  const { migrate } = await import(${addressOf("../store/migrate.ts")});
  const { openForMigration } = await import(${addressOf("../store/open-for-migration.ts")});
  const { connect } = await import(${addressOf("../store/sqlite-writer.ts")});
  const [, file, to, last] = process.argv;
  let statements = 0;
  const killing = {
    transformQuery: ({ node }) => {
      if (++statements === Number(last)) process.kill(process.pid, "SIGKILL");
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  if (to === "") {
    const { database, queries } = connect(file, false);
    database.pragma("journal_mode = WAL");
    await migrate(queries.withPlugin(killing), file);
    await queries.destroy();
  } else {
    const [source, target] = [await openForMigration(file), await openForMigration(to)];
    await carryOver(source, target.withPlugin(killing), () => {});
    await target.destroy();
    await source.destroy();
  }
  console.log(statements);
`;

interface Work {
  /** The database that is brought to this version. */
  readonly file: string;
  /** Into which it is carried over instead. */
  readonly to?: string;
  /** The statement before which it is killed; without, it comes to its end. */
  readonly killedAt?: number;
}

/** How many statements it was asked for; null where it was killed. */
export async function migrating({ file, to = "", killedAt = 0 }: Work): Promise<number | null> {
  const node = ["--input-type=module", "--eval", program, file, to, String(killedAt)];
  // What the test runner preloads would only take its time.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, node, { env, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [code, signal] = await once(child, "close");
  if (signal === "SIGKILL") return null;
  if (code !== 0) throw new Error(`it ended with ${code}`);
  return Number(said);
}
