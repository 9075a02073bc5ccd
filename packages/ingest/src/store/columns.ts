/** JSON columns and optional instants, read back through a schema: what a disk holds is an outside value too. */
import { z } from "zod";

/** Parses a JSON column; a row that does not fit names the column in its error. */
export const jsonColumn = <T>(schema: z.ZodType<T>, text: string, column: string): T =>
  fitting(schema, JSON.parse(text), column);

/** A value of a column as the schema has it. */
export function fitting<T>(schema: z.ZodType<T>, value: unknown, column: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`column ${column} holds something else than it should: ${z.prettifyError(result.error)}`);
}

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** To the second, for what every change of a device carries: nobody counts the rest. */
export const isoSecond = (milliseconds: number): string => isoTime(milliseconds).replace(/\.\d+Z$/, "Z");
