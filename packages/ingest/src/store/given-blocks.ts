/**
 * Has statements on the tables of devices give the block: a distributed database knows by that where a row goes, and
 * where one is that a statement names by its ordinal. One place, so that no rule has to think of it.
 */
import {
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  ColumnUpdateNode,
  type DeleteQueryNode,
  type FromNode,
  InsertQueryNode,
  type KyselyPlugin,
  OnConflictNode,
  type OperationNode,
  OperatorNode,
  RawNode,
  ReferenceNode,
  type SelectQueryNode,
  TableNode,
  type UpdateQueryNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  WhereNode,
} from "kysely";
import { blockBits, blockColumnOf } from "./blocks.ts";

const block = ColumnNode.create("block");

/** The block of an ordinal, whatever stands for that. */
const blockOf = (ordinal: OperationNode): RawNode =>
  RawNode.create(["(", `)::bigint >> ${blockBits}`], [ordinal]);

export const givenBlocks: KyselyPlugin = {
  transformQuery({ node }) {
    switch (node.kind) {
      case "InsertQueryNode":
        return withInserted(node);
      case "UpdateQueryNode":
        return withNamed(withUpdated(node), node.table);
      case "DeleteQueryNode":
        return withNamed(node, onlyTableOf(node.from));
      case "SelectQueryNode":
        return node.joins ? node : withNamed(node, onlyTableOf(node.from));
      default:
        return node;
    }
  },
  transformResult: async ({ result }) => result,
};

const onlyTableOf = (from: FromNode | undefined): OperationNode | undefined =>
  from?.froms.length === 1 ? from.froms[0] : undefined;

/** The column that says the block of a table's rows. */
function ordinalOf(table: OperationNode | undefined): string | undefined {
  return table && TableNode.is(table) ? blockColumnOf(table.table.identifier.name) : undefined;
}

const isColumn = (node: OperationNode, name: string): boolean =>
  ReferenceNode.is(node) ? isColumn(node.column, name) : ColumnNode.is(node) && node.column.name === name;

function withInserted(node: InsertQueryNode): InsertQueryNode {
  const ordinal = ordinalOf(node.into);
  const { columns, values, onConflict } = node;
  if (ordinal === undefined || !node.into || !columns) return node;
  if (!values || !ValuesNode.is(values))
    throw new Error(`rows for ${node.into.table.identifier.name} have to be given as values`);
  const at = columns.findIndex((column) => isColumn(column, ordinal));
  const rows = values.values.map((row) => (ValueListNode.is(row) ? row.values : row.values.map(asValue)));
  const given =
    at >= 0
      ? { columns: [block], of: (row: readonly OperationNode[]) => row.slice(at, at + 1).map(blockOf) }
      : numbered(node.into.table.identifier.name, ordinal);
  return InsertQueryNode.cloneWith(node, {
    columns: [...columns, ...given.columns],
    values: ValuesNode.create(rows.map((row) => ValueListNode.create([...row, ...given.of(row)]))),
    ...(onConflict?.columns && {
      onConflict: OnConflictNode.cloneWith(onConflict, { columns: [...onConflict.columns, block] }),
    }),
  });
}

const asValue = (value: unknown): ValueNode => ValueNode.create(value);

/** Rows that get their ordinal from the table: it is taken here, for the block has to be known with it. */
function numbered(table: string, ordinal: string) {
  const sequence = `pg_get_serial_sequence('${table}', '${ordinal}')`;
  const taken = RawNode.createWithSql(`nextval(${sequence})`);
  const last = RawNode.createWithSql(`currval(${sequence})`);
  return { columns: [ColumnNode.create(ordinal), block], of: () => [taken, blockOf(last)] };
}

/** What goes on with another ordinal gets that one's block. */
function withUpdated(node: UpdateQueryNode): UpdateQueryNode {
  const ordinal = ordinalOf(node.table);
  if (ordinal === undefined) return node;
  const moved = node.updates?.find(({ column }) => isColumn(column, ordinal));
  if (!moved) return node;
  return {
    ...node,
    updates: [...(node.updates ?? []), ColumnUpdateNode.create(block, blockOf(moved.value))],
  };
}

/** A statement about one table that names an ordinal names its block, too. */
function withNamed<Node extends SelectQueryNode | UpdateQueryNode | DeleteQueryNode>(
  node: Node,
  table: OperationNode | undefined,
): Node {
  const ordinal = ordinalOf(table);
  if (ordinal === undefined || !node.where) return node;
  const named = ordinalsIn(node.where.where, ordinal)[0];
  if (!named) return node;
  const isThere = BinaryOperationNode.create(block, OperatorNode.create("="), blockOf(named));
  return { ...node, where: WhereNode.create(AndNode.create(node.where.where, isThere)) };
}

/** Values that a condition demands a column to have. */
function ordinalsIn(condition: OperationNode, ordinal: string): readonly OperationNode[] {
  if (AndNode.is(condition))
    return [condition.left, condition.right].flatMap((each) => ordinalsIn(each, ordinal));
  if (!BinaryOperationNode.is(condition)) return [];
  const { leftOperand, operator, rightOperand } = condition;
  const isDemand = OperatorNode.is(operator) && operator.operator === "=" && isColumn(leftOperand, ordinal);
  return isDemand && isValue(rightOperand) ? [rightOperand] : [];
}

/** A value, or the place of one (`compiledOnce`). */
const isValue = (node: OperationNode): boolean =>
  ValueNode.is(node) ||
  (RawNode.is(node) &&
    node.parameters.length === 1 &&
    node.parameters.every((each) => ValueNode.is(each)) &&
    node.sqlFragments.every((text) => text === ""));
