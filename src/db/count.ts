import { and, sql, type SQL } from "drizzle-orm";
import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";
import type { OrgTable } from "./list.ts";

/** Where the totals of a list are kept as its rows change. */
export interface Counted {
  readonly subject: "finding" | "resource";
  /** `all`, or the one filter that is set. */
  readonly dimension: string;
  /** Empty for `all`. Accounts by UUID or 12 digits. */
  readonly values: readonly string[];
  /** Which columns add up: the statuses listed, or `total`. */
  readonly columns: readonly ("total" | "open" | "snoozed" | "ignored" | "resolved")[];
}

/** Rows are counted one by one to here. */
export const countLimit = 10_000;

export interface Total {
  readonly total: number;
  readonly totalExact: boolean;
}

const givenValues = "SELECT value FROM json_each(?4)";
const accountValues = `${givenValues} UNION SELECT id FROM accounts WHERE org_id = ?1 AND aws_account_id IN (${givenValues})`;

/** Reads a total from the counters: as many rows as values. */
export const keptTotal = (org: OrgContext, { subject, dimension, values, columns }: Counted): Statement =>
  org.db.sql<{ n: number }>(
    `SELECT coalesce(sum(${columns.map((column) => `"${column}"`).join(" + ")}), 0) AS n FROM counters
     WHERE org_id = ?1 AND subject = ?2 AND dimension = ?3 AND value IN (${dimension === "account" ? accountValues : givenValues})`,
    org.id,
    subject,
    dimension,
    JSON.stringify(dimension === "all" ? [""] : values),
  );

/** Counts rows, but no further than one beyond the limit. */
export const countedTotal = (org: OrgContext, table: OrgTable, where: readonly (SQL | undefined)[]): Statement =>
  org.db.select({ n: sql<number>`count(*)` }).from(
    org.db
      .select({ one: sql`1`.as("one") })
      .from(table)
      .where(and(...where))
      .limit(countLimit + 1)
      .as("counted"),
  );

/** The total a statement above answered. */
export function readTotal(rows: unknown, kept: boolean): Total {
  // safe: both statements answer one row with `n`.
  const [row] = rows as [{ n: number }];
  return { total: kept ? row.n : Math.min(row.n, countLimit), totalExact: kept || row.n <= countLimit };
}
