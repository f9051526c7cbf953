import { gte, sql } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { listRows } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { accounts } from "#db/schema";
import { openFindingsIn, openFindingsStatement, type Account } from "./account.ts";

export interface AccountFilters {
  readonly status?: readonly string[] | undefined;
  readonly environment?: readonly string[] | undefined;
  readonly q?: string | undefined;
  readonly updatedSince?: string | undefined;
}

/** A page of the accounts, the longest connected first. */
export async function listAccounts(
  org: OrgContext,
  page: PageRequest,
  filters: AccountFilters,
): Promise<Page<Account>> {
  const { status, environment, q, updatedSince } = filters;
  const conditions = [
    ...(status ? [sql`${accounts.status} IN (SELECT value FROM json_each(${JSON.stringify(status)}))`] : []),
    ...(environment
      ? [sql`${accounts.environment} IN (SELECT value FROM json_each(${JSON.stringify(environment)}))`]
      : []),
    ...(q ? [sql`(instr(lower(${accounts.name}), lower(${q})) > 0 OR instr(${accounts.awsAccountId}, ${q}) > 0)`] : []),
    ...(updatedSince ? [gte(accounts.updatedAt, updatedSince)] : []),
  ];
  const sortable = {
    createdAt: accounts.createdAt,
    name: accounts.name,
    environment: accounts.environment,
    status: accounts.status,
    awsAccountId: accounts.awsAccountId,
    lastScanAt: accounts.lastScanAt,
    updatedAt: accounts.updatedAt,
  };
  const found = await listRows(org, { table: accounts, page, order: [], sortable, conditions }, [
    openFindingsStatement(org),
  ]);
  const open = openFindingsIn(found.extra[0]);
  return { ...found, rows: found.rows.map((row) => ({ row, openFindings: open.get(row.id) ?? 0 })) };
}
