/** A number of its own for every row, never used twice. */
import type { CreateTableBuilder } from "kysely";

export const ordinal = <T extends string, C extends string>(table: CreateTableBuilder<T, C>, name: string) =>
  table.addColumn(name, "integer", (column) => column.primaryKey().autoIncrement());
