import { and, eq, sql, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { OrgContext } from "#db/context";
import type { Filter } from "#db/list";
import type { PageRequest } from "#db/page";
import { accounts } from "#db/schema";

/** What a list adds to follow an account filter. */
export interface AccountFilter {
  readonly filters: readonly Filter[];
  readonly conditions: readonly SQL[];
}

const isDigits = (ref: string): boolean => /^\d{12}$/.test(ref);

/** Accounts by UUID or 12 digits, as a condition on a column of account ids. */
export const ofAccounts = (
  org: OrgContext,
  column: SQLiteColumn,
  refs: readonly string[] | undefined,
): SQL | undefined =>
  refs === undefined
    ? undefined
    : sql`${column} IN (SELECT id FROM accounts WHERE org_id = ${org.id} AND ${isOneOf(refs)})`;

const isOneOf = (refs: readonly string[]): SQL =>
  sql`(id IN (SELECT value FROM json_each(${JSON.stringify(refs)})) OR aws_account_id IN (SELECT value FROM json_each(${JSON.stringify(refs)})))`;

/**
 * A list's account filter. UUIDs and a single account by its digits cost no round trip; several digits, or digits with a
 * total, are looked up first, because each account must become a branch of its own to follow the index.
 */
export async function accountFilter(
  org: OrgContext,
  column: SQLiteColumn,
  refs: readonly string[] | undefined,
  page: PageRequest,
): Promise<AccountFilter> {
  if (refs === undefined) return { filters: [], conditions: [] };
  if (!refs.some(isDigits)) return { filters: [{ column, values: refs }], conditions: [] };
  const [only, ...others] = refs;
  if (only !== undefined && others.length === 0 && page.page === null && !page.count) {
    return { filters: [], conditions: [sql`likelihood(${column} = ${idOf(org, only)}, 0.001)`] };
  }
  const named = await accountsNamed(org, refs);
  return { filters: [{ column, values: [...new Set(named.values())] }], conditions: [] };
}

/** Looked up in the statement itself. With the likelihood the planner follows the account's index and not the order of ids. */
const idOf = (org: OrgContext, digits: string): SQL =>
  sql`(SELECT id FROM accounts WHERE org_id = ${org.id} AND aws_account_id = ${digits})`;

/** The UUID of each account named either way; digits of no account are left out. One round trip where digits are among them. */
export async function accountsNamed(org: OrgContext, refs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const digits = refs.filter(isDigits);
  const uuids = refs.flatMap((ref): [string, string][] => (isDigits(ref) ? [] : [[ref, ref]]));
  if (digits.length === 0) return new Map(uuids);
  const rows = await org.db
    .select({ id: accounts.id, awsAccountId: accounts.awsAccountId })
    .from(accounts)
    .where(
      and(eq(accounts.orgId, org.id), sql`aws_account_id IN (SELECT value FROM json_each(${JSON.stringify(digits)}))`),
    );
  return new Map([...uuids, ...rows.map(({ id, awsAccountId }): [string, string] => [awsAccountId, id])]);
}

/** One account by UUID or 12 digits. */
export const isAccount = (org: OrgContext, ref: string): SQL | undefined =>
  and(eq(accounts.orgId, org.id), eq(isDigits(ref) ? accounts.awsAccountId : accounts.id, ref));
