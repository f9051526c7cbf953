import { and, eq, is, SQL, sql, type InferSelectModel } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { Fault } from "#lib/fault";
import type { OrgContext } from "./context.ts";
import { countedTotal, keptTotal, readTotal, type Counted, type Total } from "./count.ts";
import type { Statement } from "./database.ts";
import { behind, branchesOf, compareKeys, keyReader, orderBy, orderOf, type Order } from "./keyset.ts";
import type { Page, PageRequest } from "./page.ts";

/** One of these values. Several values are read side by side and merged, so that each follows its index. */
export interface Filter {
  readonly column: SQLiteColumn;
  /** Distinct. SQL: a value that the statement looks up itself. */
  readonly values: readonly (string | number | SQL)[];
}

/** A table whose rows belong to organizations and have an id. */
export type OrgTable = SQLiteTable & { readonly orgId: SQLiteColumn; readonly id: SQLiteColumn };

export interface ListSpec<Table extends OrgTable> {
  readonly table: Table;
  readonly page: PageRequest;
  /** The list's own order; the id is added as the last. */
  readonly order: readonly Order[];
  /** Wire name → column, for `sort`. */
  readonly sortable?: Readonly<Record<string, SQLiteColumn>>;
  readonly filters?: readonly Filter[];
  /** What no index follows. */
  readonly conditions?: readonly SQL[];
  /** Where the total is kept, when it is. */
  readonly counted?: Counted | null;
}

/** What other statements of the same round trip answered. */
export type PageWith<Row> = Page<Row> & { readonly extra: readonly unknown[] };

/** More combinations than this are not read side by side; the remaining filters become conditions. */
const branchesMax = 40;

/** Rows to which a numbered page may reach. */
const deepestRow = 10_000;

/**
 * One page of an organization's rows in one round trip. Reads about `limit` rows for each combination of filter values,
 * whatever the table holds, as long as an index leads with the filter and goes on with the order. `also` are statements
 * to be answered in the same round trip.
 */
export async function listRows<Table extends OrgTable>(
  org: OrgContext,
  spec: ListSpec<Table>,
  also: readonly Statement[] = [],
): Promise<PageWith<InferSelectModel<Table>>> {
  const { page, table } = spec;
  refuseDeepPages(page);
  const backward = page.from?.backward ?? false;
  const order = orderOf(page.sort, spec.sortable ?? {}, spec.order, table.id);
  const { branches, conditions } = plan(spec);
  const position = page.from ? behind(order, page.from.key, backward) : undefined;
  const wanted = (page.page ?? 1) * page.limit + 1;
  const selects = branches.map((branch) =>
    org.db
      .select()
      .from(table as OrgTable)
      .where(and(eq(table.orgId, org.id), ...branch, ...conditions, position))
      .orderBy(...orderBy(order, backward))
      .limit(wanted),
  );
  const totals = page.page !== null || page.count ? [totalStatement(org, spec)] : [];
  const results = await org.db.atomic([...selects, ...totals, ...also]);
  // safe: each select of the table answers its rows.
  const found = results.slice(0, selects.length) as InferSelectModel<Table>[][];
  const total = totals.length > 0 ? readTotal(results[selects.length], Boolean(spec.counted)) : null;
  return { ...cut(spec, order, found), ...(total ?? noTotal), extra: results.slice(selects.length + totals.length) };
}

const noTotal: { total: null; totalExact: null } = { total: null, totalExact: null };

function refuseDeepPages({ page, limit }: PageRequest): void {
  if (page !== null && page * limit > deepestRow) {
    throw new Fault("INVALID_REQUEST", `Numbered pages reach ${deepestRow} rows deep. Go on with \`cursor\` instead.`);
  }
}

/** Filters are expanded into branches while there are few combinations; the rest are looked at row by row. */
function plan<Table extends OrgTable>({
  filters = [],
  conditions = [],
}: ListSpec<Table>): { branches: SQL[][]; conditions: SQL[] } {
  const expanded: Filter[] = [];
  const rest: SQL[] = [...conditions];
  let combinations = 1;
  for (const filter of filters) {
    if (combinations * filter.values.length <= branchesMax) {
      combinations *= filter.values.length;
      expanded.push(filter);
    } else rest.push(oneOf(filter));
  }
  return { branches: branchesOf(expanded), conditions: rest };
}

/** The condition of a word that is asked for alone: of two, both say nothing. */
export const whenAlone = <Word>(words: readonly Word[] | undefined, condition: (word: Word) => SQL): SQL[] => {
  const [only, ...others] = words ?? [];
  return only === undefined || others.length > 0 ? [] : [condition(only)];
};

/** One parameter however many values: D1 takes 100. */
const oneOf = ({ column, values }: Filter): SQL =>
  values.some((value) => is(value, SQL))
    ? sql`${column} IN (${sql.join([...values], sql`, `)})`
    : sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;

function totalStatement<Table extends OrgTable>(org: OrgContext, spec: ListSpec<Table>): Statement {
  if (spec.counted) return keptTotal(org, spec.counted);
  return countedTotal(org, spec.table, [
    eq(spec.table.orgId, org.id),
    ...(spec.filters ?? []).map(oneOf),
    ...(spec.conditions ?? []),
  ]);
}

/** Merges the branches in order and cuts the page out. */
function cut<Table extends OrgTable>(
  { page, table }: ListSpec<Table>,
  order: readonly Order[],
  found: readonly InferSelectModel<Table>[][],
): Omit<Page<InferSelectModel<Table>>, keyof Total> {
  const backward = page.from?.backward ?? false;
  const keyOf = keyReader(table, order);
  const compare = compareKeys(order, backward);
  const merged = found.flat();
  if (found.length > 1) merged.sort((a, b) => compare(keyOf(a), keyOf(b)));
  const start = ((page.page ?? 1) - 1) * page.limit;
  const more = merged.length > start + page.limit;
  const rows = merged.slice(start, start + page.limit);
  if (backward) rows.reverse();
  const [first, last] = [rows.at(0), rows.at(-1)];
  const hasNext = backward ? page.from !== null : more;
  const hasPrevious = backward ? more : page.from !== null || start > 0;
  return {
    rows,
    hasMore: hasNext,
    next: hasNext && last ? keyOf(last) : null,
    previous: hasPrevious && first ? keyOf(first) : null,
  };
}
