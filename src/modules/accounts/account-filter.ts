import { and, eq, sql, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { OrgContext } from "#db/context";
import type { Filter } from "#db/list";
import { accounts } from "#db/schema";
import { invalidRequest } from "#lib/validate";

/** Accounts that are not there are named, but not all 500. */
const missingShown = 10;

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
 * A list's account filter. UUIDs cost no round trip, nor do digits: each is looked up in its own statement, so that each
 * account is a branch of its own and follows the index. Only where both are named the digits are looked up first, because
 * they may be the same account's.
 */
export async function accountFilter(
  org: OrgContext,
  column: SQLiteColumn,
  refs: readonly string[] | undefined,
): Promise<readonly Filter[]> {
  if (refs === undefined) return [];
  const distinct = [...new Set(refs)];
  if (!distinct.some(isDigits)) return [{ column, values: distinct }];
  if (distinct.every(isDigits)) return [{ column, values: distinct.map((digits) => idOf(org, digits)) }];
  const named = await accountsNamed(org, distinct);
  return [{ column, values: [...new Set(named.values())] }];
}

/** Looked up in the statement itself. */
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

/**
 * UUIDs of accounts named by UUID or 12 digits, in order; null stays null. Those `known` before may be gone meanwhile. Fault:
 * INVALID_REQUEST, at the member `accountIds`, for those that are not the organization's.
 */
export async function accountIdsOf(
  org: OrgContext,
  refs: readonly string[] | null,
  known: readonly string[] = [],
): Promise<string[] | null> {
  const asked = (refs ?? []).filter((ref) => !known.includes(ref));
  if (refs === null || asked.length === 0) return refs && [...new Set(refs)].toSorted();
  const named = JSON.stringify(asked);
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT id, aws_account_id AS digits FROM accounts WHERE org_id = ?1
         AND (id IN (SELECT value FROM json_each(?2)) OR aws_account_id IN (SELECT value FROM json_each(?2)))`,
      org.id,
      named,
    ),
  ]);
  // safe: the statement answers these columns.
  const found = rows as { id: string; digits: string }[];
  const ids = new Map(found.flatMap(({ id, digits }) => [[id, id] as const, [digits, id] as const]));
  const uuids = refs.map((ref) => (known.includes(ref) ? ref : ids.get(ref)));
  const missing = refs.filter((_, index) => uuids[index] === undefined);
  if (missing.length > 0) {
    const message = `There is no account ${missing.slice(0, missingShown).join(", ")}.`;
    throw invalidRequest([{ in: "body", pointer: "/accountIds", message }]);
  }
  return [...new Set(uuids.filter((id) => id !== undefined))].toSorted();
}
