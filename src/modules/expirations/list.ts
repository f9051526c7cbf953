import { gt, lte, sql, type SQL } from "drizzle-orm";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { OrgContext } from "#db/context";
import { listRows } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { resources } from "#db/schema";
import { accountFilter } from "#modules/accounts";
import type { ResourceRow } from "#modules/resources";
import { kinds, type Kind } from "#collectors/expiring";

export interface ExpirationFilters {
  readonly kind?: readonly Kind[] | undefined;
  readonly accountId?: readonly string[] | undefined;
  readonly withinDays?: number | undefined;
  /** True: only what has ended; false: only what has not. */
  readonly expired?: boolean | undefined;
}

/** Rows of `resources` that have an end: there the column is never null, so that the index on it can be followed. */
const lapsing = sqliteTable("resources", { expiresAt: text("expires_at").notNull() });

const dayMs = 86_400_000;

/** A page of everything with a date, the first to end first. */
export async function listExpirations(
  org: OrgContext,
  page: PageRequest,
  filters: ExpirationFilters,
): Promise<Page<ResourceRow>> {
  const account = await accountFilter(org, resources.accountId, filters.accountId);
  return listRows(org, {
    table: resources,
    page,
    order: [{ column: lapsing.expiresAt, descending: false }],
    sortable: { expiresAt: lapsing.expiresAt },
    filters: [
      ...(filters.kind ? [{ column: resources.resourceType, values: filters.kind.map((kind) => kinds[kind]) }] : []),
      ...account,
    ],
    conditions: conditions(org, filters),
  });
}

function conditions(org: OrgContext, { withinDays, expired }: ExpirationFilters): SQL[] {
  const { expiresAt } = resources;
  const now = org.now.toISOString();
  return [
    sql`${expiresAt} IS NOT NULL`,
    ...(withinDays === undefined
      ? []
      : [lte(expiresAt, new Date(org.now.getTime() + withinDays * dayMs).toISOString())]),
    ...(expired === undefined ? [] : [expired ? lte(expiresAt, now) : gt(expiresAt, now)]),
  ];
}
