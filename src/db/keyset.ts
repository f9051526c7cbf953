import { and, asc, desc, getTableColumns, or, sql, type SQL } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { Fault } from "#lib/fault";
import type { PageKey, SortField } from "./page.ts";

export interface Order {
  readonly column: SQLiteColumn;
  readonly descending: boolean;
}

type Value = string | number;

/** Rows without a value come where the smallest value would, so that a position can always be named. */
const emptyValue = (column: SQLiteColumn): Value =>
  column.dataType === "number" || column.dataType === "boolean" ? -1e308 : "";
const sortValue = (column: SQLiteColumn): SQL | SQLiteColumn =>
  column.notNull ? column : sql`coalesce(${column}, ${emptyValue(column)})`;

/** The order asked for, or the list's own; the id decides between equals and goes the way of the last field. */
export function orderOf(
  asked: readonly SortField[],
  sortable: Readonly<Record<string, SQLiteColumn>>,
  own: readonly Order[],
  id: SQLiteColumn,
): readonly Order[] {
  const order =
    asked.length === 0
      ? own
      : asked.map((field) => ({ column: columnOf(sortable, field), descending: field.descending }));
  return order.some(({ column }) => column === id)
    ? order
    : [...order, { column: id, descending: order.at(-1)?.descending ?? false }];
}

function columnOf(sortable: Readonly<Record<string, SQLiteColumn>>, { field }: SortField): SQLiteColumn {
  const column = sortable[field];
  if (!column)
    throw new Fault("INVALID_REQUEST", `Cannot sort by \`${field}\`. Known: ${Object.keys(sortable).join(", ")}.`);
  return column;
}

export const orderBy = (order: readonly Order[], backward: boolean): SQL[] =>
  order.map(({ column, descending }) => (descending === backward ? asc : desc)(sortValue(column)));

/** Rows behind a position. One row-value comparison while all fields go the same way, so that an index can start there. */
export function behind(order: readonly Order[], key: PageKey, backward: boolean): SQL | undefined {
  if (key.length !== order.length)
    throw new Fault("INVALID_CURSOR", "The cursor was made for another order. Start again without it.");
  const bound = order.map(({ column }, index) => sql`${key[index] ?? emptyValue(column)}`);
  const columns = order.map(({ column }) => sql`${sortValue(column)}`);
  const down = order.map(({ descending }) => descending !== backward);
  if (down.every((value) => value === down[0])) {
    return sql`(${sql.join(columns, sql`, `)}) ${sql.raw(down[0] ? "<" : ">")} (${sql.join(bound, sql`, `)})`;
  }
  return or(
    ...order.map((_, index) =>
      and(
        ...order.slice(0, index).map((__, before) => sql`${columns[before]} = ${bound[before]}`),
        sql`${columns[index]} ${sql.raw(down[index] ? "<" : ">")} ${bound[index]}`,
      ),
    ),
  );
}

/** Reads a row's position in an order. */
export function keyReader(
  table: SQLiteTable,
  order: readonly Order[],
): (row: Readonly<Record<string, unknown>>) => PageKey {
  const names = new Map(Object.entries(getTableColumns(table)).map(([name, column]) => [column.name, name]));
  const properties = order.map(({ column }) => names.get(column.name) ?? column.name);
  return (row) => properties.map((property) => scalar(row[property]));
}

function scalar(value: unknown): string | number | null {
  if (typeof value === "string" || typeof value === "number") return value;
  return typeof value === "boolean" ? Number(value) : null;
}

/** Which of two positions comes first. */
export function compareKeys(order: readonly Order[], backward: boolean): (a: PageKey, b: PageKey) => number {
  return (a, b) => {
    for (const [index, { column, descending }] of order.entries()) {
      const left = a[index] ?? emptyValue(column);
      const right = b[index] ?? emptyValue(column);
      if (left !== right) return left < right === (descending !== backward) ? 1 : -1;
    }
    return 0;
  };
}

/**
 * `column = value` for each combination of values: one branch follows one index. SQLite is told that few rows are so, or it
 * would rather walk the primary key, which has the order, past every row of the organization.
 */
export function branchesOf(filters: readonly { column: SQLiteColumn; values: readonly (Value | SQL)[] }[]): SQL[][] {
  return filters.reduce<SQL[][]>(
    (branches, { column, values }) =>
      branches.flatMap((branch) => values.map((value) => [...branch, sql`likelihood(${column} = ${value}, 0.001)`])),
    [[]],
  );
}
